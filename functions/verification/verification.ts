import type { Country } from "../policy/destinations.ts";
import type { Locale } from "../policy/messages/locales.ts";
import type { Mac, ScopeKey, Sealed, VerificationKey } from "./identifiers.ts";

/** A moment, in Unix milliseconds. The only other unit of time is the second, and a name that means it ends in `Seconds`. */
export type Instant = number;

/** The purposes of a proof. The purpose selects the words of the message and is bound into the proof. */
export const PURPOSES = [
  "login",
  "signup",
  "transaction",
  "password-reset",
  "change-number",
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The platform on which the code will be typed. It selects the last line, if any, by which the device fills the code in. */
export const PLATFORMS = ["web", "android", "ios"] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The channels of a code. The stage decides which of them a number may use: see channels.ts. */
export const CHANNELS = ["sms", "whatsapp", "voice"] as const;
export type Channel = (typeof CHANNELS)[number];

/** `pending` can still be approved; the other four are final. */
export type Status = "pending" | "approved" | "expired" | "exhausted" | "canceled";

/**
 * The delivery of the newest message. `unknown` means that the provider has given no answer, so it may or may not arrive. `delivered` and
 * `undelivered` are final; a call is delivered when its code was spoken.
 */
export const DELIVERIES = ["unknown", "queued", "delivered", "undelivered"] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** Why a message did not arrive, as far as a person can act on it. */
export const DELIVERY_REASONS = [
  "unreachable",
  "not-in-service",
  "landline",
  "filtered",
  "opted-out",
  "not-on-whatsapp",
  "no-answer",
  "busy",
  "failed",
] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

/** The companies that carry messages. */
export const PROVIDERS = ["twilio"] as const;

/** A message, by its provider and the provider's name for it. */
export type MessageName = {
  readonly provider: (typeof PROVIDERS)[number];
  readonly messageId: string;
};

/** The same, where the provider may not have named it. */
export type MessageNameIfKnown = {
  readonly [Part in keyof MessageName]?: MessageName[Part] | undefined;
};

/** A sent code: its MAC, its channel, its end, and its message once the provider has named it. */
export type SentCode = MessageNameIfKnown & {
  readonly mac: Mac;
  readonly channel: Channel;
  readonly expiresAt: Instant;
  readonly upgrade?: Upgrade | undefined;
};

/** What the provider delivered the newest message by, in place of its channel: Twilio's services with an RCS sender do, where a phone takes it. */
export const UPGRADES = ["rcs"] as const;
export type Upgrade = (typeof UPGRADES)[number];

/**
 * The most codes that are valid at once. A test checks that no more turns fit into one lifetime of a code. Only if messages fail and are replaced
 * there may be more codes; then the oldest is dropped early, and is refused as a wrong one.
 */
export const CODE_SLOTS = 3;

/**
 * One verification as it is stored: no code, no readable number. Its limits are stored at creation, so that a deployment never changes one in
 * flight.
 */
export type Verification = {
  readonly key: VerificationKey;
  /** At most `CODE_SLOTS`, newest first. */
  readonly codes: readonly SentCode[];
  readonly codeLength: number;
  readonly checks: number;
  readonly maxChecks: number;
  /** The counted guesses, right or wrong. A sent code among them has approved the verification. */
  readonly tried: ReadonlySet<string>;
  /** The end of its newest code, and of the verification. */
  readonly expiresAt: Instant;
  /** When the number may be sent another code. */
  readonly resendAt: Instant;
  readonly checkedAt?: Instant | undefined;
  readonly canceledAt?: Instant | undefined;
  readonly lastCheckKey?: Mac | undefined;
  readonly lastResendKey?: Mac | undefined;
  readonly purpose: Purpose;
  readonly locale: Locale;
  readonly platform?: Platform | undefined;
  /** The opaque text that its caller gave, which comes back in its events. */
  readonly reference?: string | undefined;
  /** The host of the page that started it, if the page is allowed. */
  readonly originHost?: string | undefined;
  /** The number and the nonce, readable only with the id and the seal key. */
  readonly sealed: Sealed;
  /** The pseudonym of the number, under which its turns and failures are counted. */
  readonly number: Mac;
  /** The country of the number, which sets the price of a message. */
  readonly country: Country;
  /** When the returning ticket of its start was issued. */
  readonly ticketedAt?: Instant | undefined;
  /** Whether a back end knew its number. */
  readonly isKnown?: boolean | undefined;
  /** The windows in which its start counts as unverified. */
  readonly counts: readonly ScopeKey[];
  /** The delivery of the newest message. */
  readonly delivery?: Delivery | undefined;
  readonly deliveryReason?: DeliveryReason | undefined;
  /** The turn of the newest message, while another channel may still take it over: a turn is handed on once. */
  readonly turn?: Instant | undefined;
};

export function newestChannel({ codes }: Pick<Verification, "codes">): Channel {
  // Stryker disable next-line all: there is a first code from a verification's creation on, and none of its writes takes the last away
  return codes[0]?.channel ?? "sms";
}

export function newestMac({ codes }: Pick<Verification, "codes">): Mac | undefined {
  // Stryker disable next-line OptionalChaining: there is a first code, as above
  return codes[0]?.mac;
}

/** The approved code: the sent one that is among the counted guesses. */
export function provenCode({ codes, tried }: Verification): SentCode | undefined {
  return codes.find(({ mac }) => tried.has(mac));
}

/** Whether the code was typed. */
export function isApproved(verification: Verification): boolean {
  return provenCode(verification) !== undefined;
}

/**
 * The status of a verification. In this order no end is ever undone: an approved or exhausted one cannot change, and a canceled one cannot
 * expire.
 */
export function statusAt(verification: Verification, now: Instant): Status {
  if (isApproved(verification)) return "approved";
  if (verification.checks >= verification.maxChecks) return "exhausted";
  if (verification.canceledAt !== undefined) return "canceled";
  if (verification.expiresAt <= now) return "expired";
  return "pending";
}

export function checksRemaining({ maxChecks, checks }: Verification): number {
  return Math.max(0, maxChecks - checks);
}
