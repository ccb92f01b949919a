import type { Answer } from "./answer.ts";
import type { Problem, ProblemCode } from "./problem.ts";

/** The errors of Twilio Verify, by the problem that each replaces. https://www.twilio.com/docs/api/errors */
const TWILIO_ERRORS = {
  20003: { status: 401, message: "Authenticate" },
  20403: { status: 403, message: "Forbidden" },
  20404: { status: 404, message: "The requested resource was not found" },
  20429: { status: 429, message: "Too Many Requests" },
  20500: { status: 500, message: "Internal Server Error" },
  20503: { status: 503, message: "Service Unavailable" },
  21610: { status: 400, message: "Attempt to send to unsubscribed recipient" },
  60200: { status: 400, message: "Invalid parameter" },
  60202: { status: 429, message: "Max check attempts reached" },
  60203: { status: 429, message: "Max send attempts reached" },
  60205: { status: 403, message: "SMS is not supported by landline phone number" },
  60212: { status: 429, message: "Too many concurrent requests for phone number" },
  60223: { status: 403, message: "Delivery channel disabled" },
  60410: { status: 403, message: "Verification delivery attempt blocked" },
  60605: { status: 403, message: "Verification delivery attempt blocked for this country" },
} as const;

export type TwilioError = keyof typeof TWILIO_ERRORS;

/** A landline has a code of its own; see below. */
const TWILIO_ERROR_OF: Readonly<Record<ProblemCode, TwilioError>> = {
  "body-invalid": 60200,
  "idempotency-key-invalid": 60200,
  "api-key-invalid": 20003,
  "api-key-not-allowed": 20403,
  "origin-not-allowed": 20403,
  "app-not-allowed": 20403,
  "challenge-required": 60410,
  "request-blocked": 20403,
  "signature-invalid": 20403,
  "access-denied": 20403,
  "verification-not-found": 20404,
  "route-not-found": 20404,
  "request-in-progress": 60212,
  "verification-ended": 20404,
  "body-too-large": 60200,
  "media-type-unsupported": 60200,
  "phone-invalid": 60200,
  "phone-not-allowed": 60410,
  "country-not-enabled": 60605,
  "code-malformed": 60200,
  "channel-not-available": 60223,
  "recipient-opted-out": 21610,
  "idempotency-key-reused": 60200,
  "too-many-requests": 60410,
  "api-key-spent": 20429,
  "too-many-sends": 60203,
  "number-locked": 60410,
  "internal-error": 20500,
  "sending-paused": 20503,
  "provider-unavailable": 20503,
};

/** An error in Twilio's form. The text never repeats what the caller sent. */
export function twilioErrorAnswer(
  code: TwilioError,
  {
    detail,
    retryAfterSeconds,
    outcome = String(code),
  }: {
    readonly detail?: string | undefined;
    readonly retryAfterSeconds?: number | undefined;
    readonly outcome?: string;
  } = {},
): Answer {
  const { status, message } = TWILIO_ERRORS[code];
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return {
    status,
    body: { code, message: detail ?? message, more_info, status },
    ...(retryAfterSeconds === undefined
      ? {}
      : { headers: { "retry-after": String(retryAfterSeconds) } }),
    outcome,
  };
}

/** One of our problems in Twilio's form. Logs and metrics keep our code. */
export function twilioProblemAnswer({ code, members }: Problem): Answer {
  const { reason, retryAfterSeconds, detail } = members;
  const isLandline = code === "phone-not-allowed" && reason === "landline";
  const error = isLandline ? 60205 : TWILIO_ERROR_OF[code];
  return twilioErrorAnswer(error, { detail, retryAfterSeconds, outcome: code });
}
