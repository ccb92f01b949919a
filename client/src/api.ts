/** Requests and answers of the API, as a front end sees them. The lists are open: a newer deployment may send a word that this client does not know. */

/** In the order in which the form offers them. */
export const CHANNELS = ["sms", "whatsapp", "voice"] as const;
/** How a code is sent. */
export type Channel = (typeof CHANNELS)[number];
/** The purpose of a proof. A back end takes a proof for one purpose. */
export type Purpose = "login" | "signup" | "transaction" | "password-reset" | "change-number";
/** The state of a verification. */
export type Status = "pending" | "approved" | "expired" | "exhausted" | "canceled";
/** The state of a message. */
export type Delivery = "queued" | "delivered" | "undelivered" | "unknown";
/** Why a message did not arrive. */
export type DeliveryReason =
  | "unreachable"
  | "not-in-service"
  | "landline"
  | "filtered"
  | "opted-out"
  | "not-on-whatsapp"
  | "no-answer"
  | "busy"
  | "failed";

/** The widget that a stage requires when a start looks automated, and its parameters. */
export type Challenge = {
  readonly provider: "turnstile" | "hcaptcha" | "recaptcha";
  readonly siteKey: string;
  readonly action: string;
};

/** The body of a start. */
export type StartRequest = {
  /** E.164, such as `+447700900123`; a national form only where the stage names a default country. */
  readonly to: string;
  /** `sms` where nothing is given. */
  readonly channel?: Channel | undefined;
  /** BCP 47, such as `cy` or `pt-BR`: the language of the message. */
  readonly locale?: string | undefined;
  /** The purpose of the proof; `login` by default. */
  readonly purpose?: Purpose | undefined;
  /** Selects the last line of a message, from which phones fill the code in. */
  readonly platform?: "web" | "android" | "ios" | undefined;
  /** Up to 64 printable characters of the caller's session; comes back in the proof. */
  readonly nonce?: string | undefined;
  /** Up to 64 printable characters, such as an order; comes back in the events. Never a number or a code. */
  readonly reference?: string | undefined;
  /** From an earlier check. The client keeps and sends it by itself; give one only to replace it. */
  readonly ticket?: string | undefined;
  /** The token of the widget that `challenge-required` asked for. */
  readonly challenge?: string | undefined;
};

/** A verification as its starter may see it. */
export type Verification = {
  readonly id: string;
  readonly status: Status;
  readonly channel: Channel;
  /** Masked: `+44•••••••123`. */
  readonly to: string;
  readonly codeLength: number;
  /** RFC 3339. For a countdown use `waits()`: the clock of a phone may be wrong. */
  readonly expiresAt: string;
  readonly resendAt: string;
  readonly checksRemaining: number;
  /** The next steps that are possible for this number now. */
  readonly channels: readonly Channel[];
  readonly delivery: Delivery;
  /** Present only with `undelivered`. */
  readonly deliveryReason?: DeliveryReason;
  /** The channel to offer next, if the message failed or the stage plans a next step. */
  readonly nextChannel?: Channel;
};

/** Why a request is refused. */
export type ProblemCode =
  | "body-invalid"
  | "idempotency-key-invalid"
  | "origin-not-allowed"
  | "app-not-allowed"
  | "request-blocked"
  | "signature-invalid"
  | "api-key-invalid"
  | "api-key-not-allowed"
  | "api-key-spent"
  | "access-denied"
  | "challenge-required"
  | "verification-not-found"
  | "route-not-found"
  | "request-in-progress"
  | "verification-ended"
  | "body-too-large"
  | "media-type-unsupported"
  | "phone-invalid"
  | "phone-not-allowed"
  | "country-not-enabled"
  | "code-malformed"
  | "channel-not-available"
  | "recipient-opted-out"
  | "idempotency-key-reused"
  | "too-many-requests"
  | "too-many-sends"
  | "number-locked"
  | "internal-error"
  | "sending-paused"
  | "provider-unavailable";

/** Why a check proved nothing. */
export type CheckMiss =
  | "incorrect"
  | "code-expired"
  | "used"
  | "expired"
  | "exhausted"
  | "canceled";
