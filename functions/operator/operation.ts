import * as v from "valibot";
import { LIMITS, SCOPE_MODES } from "../policy/limits.ts";
import { blockTarget } from "../verification/block.ts";
import { isE164 } from "../verification/identifiers.ts";

/** The retention of a number's item, since every later write keeps it as long again. */
const LONGEST_BLOCK_SECONDS = 30 * 86_400;

const SHORTEST_BLOCK_SECONDS = 60;

const NUMBER = v.pipe(
  v.string(),
  v.check(isE164, "a number is in E.164, like +447700900123"),
  v.title("number"),
);
const TARGET = v.pipe(
  v.string(),
  v.check(
    (text) => blockTarget(text) !== undefined,
    "a target is a number in E.164 (+447700900123), a range of numbers (+44770090****), a country (FR), an IPv4 address, an IPv6 address, or an IPv6 range /64 or /48",
  ),
  v.title("target"),
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

function command<const Name extends string, const Fields extends v.ObjectEntries>(
  name: Name,
  fields: Fields,
  summary: string,
) {
  return { name, fields, summary, schema: v.strictObject({ command: v.literal(name), ...fields }) };
}

/** All commands of an operator: the command line, its help, the page of commands and the function's validation follow from these rows. */
export const COMMANDS = [
  command("who", { target: TARGET }, "shows its pseudonym, its counters, its limit and its block"),
  command(
    "block",
    { target: TARGET, seconds: SECONDS, reason: REASON },
    `sends nothing more for it, for at most ${LONGEST_BLOCK_SECONDS / 86_400} days`,
  ),
  command("unblock", { target: TARGET }, "ends a block"),
  command("unlock", { target: NUMBER }, "resets its wrong codes"),
  command("revoke", { target: NUMBER }, "ends its returning tickets"),
  command("revoke-all", {}, "ends the returning tickets of all numbers"),
  command(
    "pause",
    { reason: REASON },
    `stops all sending within ${LIMITS.switchCacheSeconds} seconds`,
  ),
  command("resume", {}, "continues sending"),
  command("spend", {}, "shows the messages of today in dollars, the rest of each cap, and a pause"),
  command("erase", { target: NUMBER }, "deletes what is stored under it (GDPR)"),
] as const;

const OPERATION = v.variant(
  "command",
  COMMANDS.map(({ schema }) => schema),
);

export type Operation = v.InferOutput<typeof OPERATION>;

type KeysOf<T> = T extends unknown ? keyof T : never;
/** An argument that is a flag of the command line. */
export type FlagField = Exclude<KeysOf<Operation>, "command" | "target">;

export type ParsedOperation =
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "refused"; readonly why: string };

/** The operation, or why the input is none. The reason quotes nothing of the input. */
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

const MOMENT = v.number();
const BLOCK = v.object({ until: MOMENT, because: v.string() });
const PAUSE = v.object({ since: v.optional(MOMENT), because: v.string() });
const CAP = v.object({ perHourMicros: v.number(), perDayMicros: v.number() });
const SEND_LIMIT = v.object({ max: v.number(), windowSeconds: v.number() });
/** A number or a scope, by its pseudonym in the table and the logs. */
const SUBJECT = v.object({ of: v.string(), pseudonym: v.string() });

/** The result of a command, as the function answers and the command line reads it. Moments are milliseconds since 1970. No result holds a number. */
export const OPERATION_RESULT = v.variant("kind", [
  v.object({ kind: v.literal("refused"), why: v.string() }),
  v.object({
    kind: v.literal("number"),
    subject: SUBJECT,
    isKnown: v.boolean(),
    turns: v.array(MOMENT),
    /** None from a function of an earlier release. */
    sendsPerNumber: v.optional(v.pipe(v.array(SEND_LIMIT), v.readonly()), []),
    failures: v.number(),
    failedAt: v.optional(MOMENT),
    block: v.optional(BLOCK),
    ticketsFrom: v.optional(MOMENT),
  }),
  v.object({
    kind: v.literal("scope"),
    subject: SUBJECT,
    mode: v.picklist(SCOPE_MODES),
    unverified: v.number(),
    max: v.number(),
    windowEndsAt: MOMENT,
    block: v.optional(BLOCK),
  }),
  v.object({ kind: v.literal("blocked"), subject: SUBJECT, until: MOMENT }),
  v.object({ kind: v.literal("blocked-longer"), subject: SUBJECT, block: BLOCK }),
  v.object({ kind: v.literal("opened"), subject: SUBJECT, block: BLOCK }),
  v.object({ kind: v.literal("not-blocked"), subject: SUBJECT }),
  v.object({ kind: v.literal("unlocked"), subject: SUBJECT, failures: v.number() }),
  v.object({
    kind: v.literal("erased"),
    subject: SUBJECT,
    wasKnown: v.boolean(),
    block: v.optional(BLOCK),
    /** Kept by the erasure: earlier tickets stay revoked. */
    ticketsFrom: v.optional(MOMENT),
  }),
  v.object({ kind: v.literal("paused") }),
  v.object({ kind: v.literal("paused-already"), pause: PAUSE }),
  v.object({ kind: v.literal("resumed"), pause: PAUSE }),
  v.object({ kind: v.literal("not-paused") }),
  v.object({ kind: v.literal("revoked"), subject: SUBJECT }),
  v.object({ kind: v.literal("revoked-all") }),
  v.object({
    kind: v.literal("spend"),
    pause: v.optional(PAUSE),
    /** In UTC. */
    day: v.string(),
    /** By counter: `total`, `total-13` for an hour, `GB`, `GB-13`; millionths of the currency. */
    spent: v.record(v.string(), v.number()),
    total: CAP,
    countries: v.record(v.string(), CAP),
    keptForTickets: v.number(),
  }),
]);

export type OperationResult = v.InferOutput<typeof OPERATION_RESULT>;
export type Subject = v.InferOutput<typeof SUBJECT>;
