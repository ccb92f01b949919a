import * as v from "valibot";
import type { SendOutcome } from "../../verification/ports.ts";
import { createOutcome } from "./outcomes.ts";
import { codeOf, NotSent } from "./transport.ts";

/** The fields that both shapes of Twilio's errors have, the legacy one and RFC 9457. */
const ANSWER = v.object({ status: v.number(), code: v.optional(v.unknown()) });

/**
 * The outcome of a message whose create failed. Refused only if it was certainly not sent: an answer 4xx (429 included: Twilio did not process
 * it), or no connection. A 5xx, a timeout, a broken connection or an unreadable answer are unknown.
 */
export function outcomeOf(fault: unknown): FailedCreate {
  if (fault instanceof NotSent) return { kind: "refused", why: "provider-unavailable", page: true };
  const answer = v.safeParse(ANSWER, fault);
  if (!answer.success || !isClientError(answer.output.status))
    return { kind: "unknown", page: true };
  return { kind: "refused", ...createOutcome(answer.output.code) };
}

/** `page`: an operator can fix it. */
type FailedCreate = Exclude<SendOutcome, { kind: "accepted" }> & { readonly page: boolean };

/** Whether Twilio refuses the credentials. */
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
