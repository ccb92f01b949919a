import * as v from "valibot";
import { blockTarget } from "../verification/block.ts";
import { isE164 } from "../verification/identifiers.ts";

/** As long as the item of a number is kept, since every later write keeps it as long again. */
const LONGEST_BLOCK_SECONDS = 30 * 86_400;

/** The least that is worth a command. */
const SHORTEST_BLOCK_SECONDS = 60;

const PHONE = v.pipe(v.string(), v.check(isE164, "a number is in E.164, like +447700900123"));
const TARGET = v.pipe(
  v.string(),
  v.check(
    (text) => blockTarget(text) !== undefined,
    "a target is a number in E.164 (+447700900123), a range of numbers (+44770090****), a country (FR), an IPv4 address, an IPv6 address, or an IPv6 range /64 or /48",
  ),
);
const SECONDS = v.pipe(
  v.number(),
  v.integer("a time is a whole number of seconds"),
  v.minValue(SHORTEST_BLOCK_SECONDS, "a time is a minute at least"),
  v.maxValue(LONGEST_BLOCK_SECONDS, "a time is 30 days at most; ask again before it ends"),
);
/** A reason is kept in the table and logged, where no number may be. */
const REASON = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[\x20-\x7e]{3,200}$/, "a reason has 3 to 200 ASCII characters"),
  v.check(
    (text) => !/\d{6,}/.test(text.replace(/[^a-z0-9]/gi, "")),
    "a reason holds no number: leave out digits in a row",
  ),
);

/** All that an operator may ask for. Anything else is refused. */
const OPERATION = v.variant("command", [
  v.strictObject({ command: v.literal("who"), target: TARGET }),
  v.strictObject({
    command: v.literal("block"),
    target: TARGET,
    seconds: SECONDS,
    reason: REASON,
  }),
  v.strictObject({ command: v.literal("unblock"), target: TARGET }),
  v.strictObject({ command: v.literal("unlock"), to: PHONE }),
  v.strictObject({ command: v.literal("pause"), reason: REASON }),
  v.strictObject({ command: v.literal("resume") }),
  v.strictObject({ command: v.literal("erase"), to: PHONE }),
  v.strictObject({ command: v.literal("revoke"), to: PHONE }),
  v.strictObject({ command: v.literal("revoke-all") }),
  v.strictObject({ command: v.literal("spend") }),
]);

export type Operation = v.InferOutput<typeof OPERATION>;

export type ParsedOperation =
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "refused"; readonly why: string };

/** What is asked for, or why it cannot be. The reason quotes nothing of what came. */
export function parseOperation(asked: unknown): ParsedOperation {
  const parsed = v.safeParse(OPERATION, asked);
  if (parsed.success) return { kind: "operation", operation: parsed.output };
  const [issue] = parsed.issues;
  const isOwn = issue.type === "check" || !issue.message.startsWith("Invalid");
  return {
    kind: "refused",
    why: isOwn ? issue.message : "this is no command, or one with a field too many or too few",
  };
}
