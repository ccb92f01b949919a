import * as v from "valibot";
import type { Country } from "../../functions/policy/destinations.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { isMac, type Mac } from "../../functions/verification/identifiers.ts";
import type { Scope, ScopeKind } from "../../functions/verification/scopes.ts";
import { CHANNELS } from "../../functions/verification/verification.ts";

/** A logged send, as far as a replay needs it. */
export type PastSend = v.InferOutput<typeof SEND>;
export type PastCheck = v.InferOutput<typeof CHECK>;
export type PastEvent = PastSend | PastCheck;

export type Events = {
  /** In the order of time. */
  readonly events: readonly PastEvent[];
  /** Sends and checks that lack a field, or cannot be read. */
  readonly broken: number;
};

const AT = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number(),
);
const COUNTRY = v.custom<Country>((text) => typeof text === "string" && /^[A-Z]{2}$/.test(text));
const NUMBER = v.custom<Mac>((text) => typeof text === "string" && isMac(text));

export const isKind = (text: string): text is ScopeKind =>
  Object.hasOwn(LIMITS.unverifiedSends, text);
export const KINDS = Object.keys(LIMITS.unverifiedSends).filter(isKind);
const SCOPES = v.pipe(
  v.record(v.string(), v.string()),
  v.transform((scopes): readonly Scope[] =>
    Object.entries(scopes).flatMap(([kind, pseudonym]) =>
      isKind(kind) ? [{ kind, pseudonym }] : [],
    ),
  ),
);

const SEND = v.object({
  event: v.literal("send"),
  at: AT,
  of: v.picklist(["start", "resend"]),
  outcome: v.string(),
  number: NUMBER,
  country: COUNTRY,
  channel: v.picklist(CHANNELS),
  hasTicket: v.boolean(),
  isCustomer: v.optional(v.boolean()),
  isKnown: v.optional(v.boolean()),
  scopes: SCOPES,
  limited: v.pipe(
    v.array(v.string()),
    v.transform((kinds) => kinds.filter(isKind)),
  ),
  priceMicros: v.number(),
  spentPercent: v.optional(v.number()),
});
const CHECK = v.object({ event: v.literal("check"), at: AT, result: v.string(), number: NUMBER });
const EVENT = v.variant("event", [SEND, CHECK]);

/**
 * The sends and checks in a log, in any export: raw lines with or without a prefix, JSON of `aws logs filter-log-events`, results of Logs
 * Insights with a column `@message`, in JSON or CSV. Everything else is skipped.
 */
export function eventsIn(text: string): Events {
  const whole = parsed(text.trim());
  const found = whole === undefined ? text.split("\n").flatMap(inText) : within(whole);
  const events = found.flatMap((line) => {
    const event = v.safeParse(EVENT, line);
    return event.success ? [event.output] : [];
  });
  return {
    events: events.toSorted((one, other) => one.at - other.at),
    broken: found.length - events.length,
  };
}

/** `aws logs tail` puts the time and the stream before each line; CSV doubles each quote. A send or check that cannot be read stands for itself. */
function inText(text: string): readonly unknown[] {
  if (!/"event\W+(send|check)\\*"/.test(text)) return [];
  const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  const found = within(parsed(json) ?? parsed(json.replaceAll('""', '"')));
  return found.length === 0 ? [text] : found;
}

/** Every object within the value that is a send or a check. Texts that hold one are parsed. */
function within(value: unknown): readonly unknown[] {
  if (typeof value === "string") return inText(value);
  if (typeof value !== "object" || value === null) return [];
  if (isOurs(value)) return [value];
  return Object.values(value).flatMap(within);
}

function isOurs(value: object): boolean {
  return "event" in value && (value.event === "send" || value.event === "check");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
