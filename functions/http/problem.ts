import type { RefusalReason } from "../policy/special-numbers.ts";
import type { ChallengeWidget } from "../verification/challenge.ts";
import type { Refusal } from "../verification/outcomes.ts";
import type { Channel } from "../verification/verification.ts";

/**
 * Every refusal of the API: its code, which never changes; the status; and advice for the end user. One row defines the answer (RFC 9457), the
 * log line, the metric and the entry in docs/reference/problems.md.
 */
export const PROBLEMS = {
  "body-invalid": {
    status: 400,
    title: "The request does not have the form that this route takes.",
  },
  "idempotency-key-invalid": {
    status: 400,
    title: "An Idempotency-Key has 16 to 255 printable ASCII characters.",
  },
  "api-key-invalid": {
    status: 401,
    title: "There is no such API key, or it has expired or was revoked.",
  },
  "api-key-not-allowed": {
    status: 403,
    title: "This API key may not use this route, or not from this network.",
  },
  "origin-not-allowed": { status: 403, title: "This web page may not use this service." },
  "app-not-allowed": {
    status: 403,
    title: "There is no such app here, or it accepts requests of its own web pages only.",
  },
  "challenge-required": {
    status: 403,
    title: "Please show that you are a person, then try again.",
  },
  "request-blocked": {
    status: 403,
    title:
      "This request was blocked. If you use a VPN or a proxy, please try without it, or contact support.",
  },
  "signature-invalid": {
    status: 403,
    title: "The signature of this request is wrong or has run out.",
  },
  "access-denied": { status: 403, title: "The signer of this request may not use this route." },
  "verification-not-found": {
    status: 404,
    title: "There is no such verification. Please start again.",
  },
  "route-not-found": { status: 404, title: "There is nothing here, or only for signed requests." },
  "request-in-progress": {
    status: 409,
    title: "This request is being worked on. Please try again in a moment.",
  },
  "verification-ended": { status: 409, title: "This verification has ended. Please start again." },
  "body-too-large": { status: 413, title: "The request is larger than anything this route takes." },
  "media-type-unsupported": { status: 415, title: "The body must be application/json." },
  "phone-invalid": {
    status: 422,
    title: "This is not a phone number. Please give it with its country code, like +447700900123.",
  },
  "phone-not-allowed": {
    status: 422,
    title: "This number cannot receive codes. Please use a mobile number.",
  },
  "country-not-enabled": {
    status: 422,
    title: "Numbers of this country cannot receive codes here.",
  },
  "code-malformed": {
    status: 422,
    title: "A code is digits and nothing else. Please type all of them as they are in the message.",
  },
  "channel-not-available": {
    status: 422,
    title: "This number cannot be reached this way. Please try another one.",
  },
  "recipient-opted-out": {
    status: 422,
    title:
      "This number has opted out of our messages. Reply START to the last one, then try again.",
  },
  "idempotency-key-reused": {
    status: 422,
    title: "This Idempotency-Key was used for another request.",
  },
  "too-many-requests": {
    status: 429,
    title: "Too many requests. Please wait a little and try again.",
  },
  "api-key-spent": {
    status: 429,
    title: "This API key has sent all messages of its day. It sends again tomorrow (UTC).",
  },
  "too-many-sends": {
    status: 429,
    title: "This number has just been sent a code. Please wait before asking for another.",
  },
  "number-locked": {
    status: 429,
    title: "No codes are sent to this number for now. Please contact support.",
  },
  "internal-error": { status: 500, title: "Something went wrong on our side. Please try again." },
  "sending-paused": {
    status: 503,
    title: "No codes are being sent at the moment. Please try again later.",
  },
  "provider-unavailable": {
    status: 503,
    title: "The code could not be sent at the moment. Please try again in a minute.",
  },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>> &
  Readonly<Record<Refusal["why"], unknown>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Members beside the standard ones. They never hold the caller's text. */
export type ProblemMembers = {
  readonly detail?: string;
  /** The place in the body: a JSON pointer (RFC 6901) to a known field. */
  readonly pointer?: string;
  readonly retryAfterSeconds?: number | undefined;
  /** Why a number is not allowed, for a front end to translate. */
  readonly reason?: RefusalReason | undefined;
  /** The other channels for this number. */
  readonly channels?: readonly Channel[] | undefined;
  /** When a number may be sent another code. */
  readonly resendAt?: string;
  /** The widget whose token a start must carry. */
  readonly challenge?: ChallengeWidget;
  /** How a verification ended. */
  readonly verificationStatus?: string;
};

/** A refused request. Any other thrown value is a fault. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly members: ProblemMembers;

  constructor(code: ProblemCode, members: ProblemMembers = {}) {
    super(code);
    this.code = code;
    this.members = members;
  }
}

/** Fixed waits in seconds: a request in progress is done in seconds, a provider back in a minute, an operator in ten. */
const RETRY_AFTER_SECONDS: Partial<Record<ProblemCode, number>> = {
  "request-in-progress": 2,
  "provider-unavailable": 60,
  "sending-paused": 600,
};

export function problemOf(refusal: Refusal, now: number): Problem {
  if ("retryAt" in refusal) {
    const retryAfterSeconds = Math.max(1, Math.ceil((refusal.retryAt - now) / 1_000));
    const resendAt = new Date(now + retryAfterSeconds * 1_000).toISOString();
    return new Problem(refusal.why, {
      retryAfterSeconds,
      ...(refusal.why === "too-many-sends" ? { resendAt } : {}),
    });
  }
  if ("challenge" in refusal) return new Problem(refusal.why, { challenge: refusal.challenge });
  if ("status" in refusal) return new Problem(refusal.why, { verificationStatus: refusal.status });
  const { why, reason, channels } = refusal;
  return new Problem(why, { retryAfterSeconds: RETRY_AFTER_SECONDS[why], reason, channels });
}
