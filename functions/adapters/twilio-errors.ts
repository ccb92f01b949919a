import * as v from "valibot";
import type { SendOutcome, SendRefusal } from "../verification/ports.ts";
import { codeOf, NotSent } from "./twilio-transport.ts";

/**
 * The errors at create that say something about the number. Any other 4xx says something about us or our account,
 * and the caller can only be told that nothing was sent. https://www.twilio.com/docs/api/errors
 */
const REFUSALS: ReadonlyMap<unknown, SendRefusal> = new Map<unknown, SendRefusal>([
  /** Not a valid number. */
  [21211, "phone-invalid"],
  /** A premium number. */
  [21202, "phone-not-allowed"],
  /** A short code. */
  [21265, "phone-not-allowed"],
  /** The account's geographic permissions. */
  [21408, "country-not-enabled"],
  /** Whoever has the number answered STOP. */
  [21610, "recipient-opted-out"],
  /** No route from this sender to this number. */
  [21612, "channel-not-available"],
  /** Not a mobile. */
  [21614, "channel-not-available"],
  /** A landline. */
  [21635, "channel-not-available"],
]);

/** What both shapes of Twilio's errors have, the legacy one and RFC 9457. */
const ANSWER = v.object({ status: v.number(), code: v.optional(v.unknown()) });

/**
 * What became of a message whose create failed. Refused only where it was certainly not sent: an answer 4xx (429 included: Twilio had no
 * turn for it), or no connection. A 5xx, a timeout, a broken connection or an answer that nobody can read leave it open.
 */
export function outcomeOf(fault: unknown): Exclude<SendOutcome, { kind: "accepted" }> {
  if (fault instanceof NotSent) return { kind: "refused", why: "provider-unavailable" };
  const answer = v.safeParse(ANSWER, fault);
  if (!answer.success || !isClientError(answer.output.status)) return { kind: "unknown" };
  return { kind: "refused", why: REFUSALS.get(answer.output.code) ?? "provider-unavailable" };
}

/** Whether Twilio does not know the credentials, or no longer. */
export function isUnauthorized(fault: unknown): boolean {
  const answer = v.safeParse(ANSWER, fault);
  return answer.success && answer.output.status === 401;
}

/** A fault in words that may be logged: codes only. Twilio's own messages quote the number. */
export function describeFault(fault: unknown): string {
  if (fault instanceof NotSent) return `not sent, ${fault.message}`;
  const answer = v.safeParse(ANSWER, fault);
  if (!answer.success) return `no answer, ${codeOf(fault)}`;
  return `HTTP ${answer.output.status}, Twilio error ${answer.output.code ?? "unknown"}`;
}

function isClientError(status: number): boolean {
  return status >= 400 && status < 500;
}
