import type { Country } from "../policy/destinations.ts";
import type { Mac, Phone, ScopeKey, Sealed, VerificationKey } from "./identifiers.ts";

/** A moment, in Unix milliseconds. The only other unit of time is the second, and a name that means it ends in `Seconds`. */
export type Instant = number;

/** What a proof is good for. It picks the words of the message and is bound into the proof. */
export const PURPOSES = [
  "login",
  "signup",
  "transaction",
  "password-reset",
  "change-number",
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The ways a code can travel. */
export const CHANNELS = ["sms"] as const;
export type Channel = (typeof CHANNELS)[number];

/** `pending` can still be approved; the other four are ends, and final. */
export type Status = "pending" | "approved" | "expired" | "exhausted" | "canceled";

/** What is known of the newest message: `unknown` means that the provider has given no answer, so it may or may not arrive. */
export const DELIVERIES = ["queued", "unknown"] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** A code that was sent, as its MAC, until when it is good, and the provider's name for its message once that is known. */
export type SentCode = {
  readonly mac: Mac;
  readonly expiresAt: Instant;
  readonly messageSid?: string | undefined;
};

/** Codes that stay good at once. Enough while no more sends than this fit into one life of a code, which a test holds the limits to. */
export const CODE_SLOTS = 3;

/**
 * One verification as it is stored: no code, no readable number.
 * Its limits are stamped at creation, so that a deploy never changes one in flight.
 */
export type Verification = {
  readonly key: VerificationKey;
  /** At most `CODE_SLOTS`, newest first. */
  readonly codes: readonly SentCode[];
  readonly codeLength: number;
  readonly checks: number;
  readonly maxChecks: number;
  /** The guesses that were counted, right or wrong. A sent code that is among them has approved the verification. */
  readonly tried: ReadonlySet<string>;
  /** When its newest code ends, and with it the verification. */
  readonly expiresAt: Instant;
  /** When the number may be sent another code. */
  readonly resendAt: Instant;
  readonly checkedAt?: Instant | undefined;
  readonly canceledAt?: Instant | undefined;
  readonly lastCheckKey?: Mac | undefined;
  readonly lastResendKey?: Mac | undefined;
  readonly purpose: Purpose;
  readonly channel: Channel;
  /** The number and the nonce, readable only with the id and the seal key. */
  readonly sealed: Sealed;
  /** The pseudonym of the number, under which its turns and failures are booked. */
  readonly number: Mac;
  /** Whose mobile it is, which says what a message costs. */
  readonly country: Country;
  /** When the returning ticket was issued that its start carried. */
  readonly ticketedAt?: Instant | undefined;
  /** The windows in which its start is booked as unproven. */
  readonly debts: readonly ScopeKey[];
  /** Of the newest message. */
  readonly delivery?: Delivery | undefined;
};

/** Whether the code was typed: some sent code is among the counted guesses. */
export function isApproved({ codes, tried }: Verification): boolean {
  return codes.some(({ mac }) => tried.has(mac));
}

/** Where a verification stands. In this order no end is ever taken back: what is approved or exhausted cannot change, nor what is canceled expire. */
export function statusAt(verification: Verification, now: Instant): Status {
  if (isApproved(verification)) return "approved";
  if (verification.checks >= verification.maxChecks) return "exhausted";
  if (verification.canceledAt !== undefined) return "canceled";
  if (verification.expiresAt <= now) return "expired";
  return "pending";
}

/** What whoever started a verification may see of it. */
export type VerificationView = {
  readonly id: string;
  readonly status: Status;
  readonly channel: Channel;
  /** The number with all but its first two and last three digits masked. */
  readonly to: string;
  readonly codeLength: number;
  readonly expiresAt: Instant;
  readonly resendAt: Instant;
  readonly checksRemaining: number;
  readonly channels: readonly Channel[];
  readonly delivery: Delivery;
};

export function viewOf(
  verification: Verification,
  { id, to, now }: { readonly id: string; readonly to: Phone; readonly now: Instant },
): VerificationView {
  return {
    id,
    status: statusAt(verification, now),
    channel: verification.channel,
    to: masked(to),
    codeLength: verification.codeLength,
    expiresAt: verification.expiresAt,
    resendAt: verification.resendAt,
    checksRemaining: checksRemaining(verification),
    channels: CHANNELS,
    delivery: verification.delivery ?? "unknown",
  };
}

export function checksRemaining({ maxChecks, checks }: Verification): number {
  return Math.max(0, maxChecks - checks);
}

/** `+447700900123` → `+44•••••••123`. Enough for a person to see a typing error, too little to call. */
function masked(phone: Phone): string {
  const shown = 3;
  return `${phone.slice(0, shown)}${"•".repeat(phone.length - 2 * shown)}${phone.slice(-shown)}`;
}
