import { type ChannelSettings, channelsFor, nextChannel } from "./channels.ts";
import type { Phone } from "./identifiers.ts";
import {
  type Channel,
  checksRemaining,
  type Delivery,
  type DeliveryReason,
  type Instant,
  newestChannel,
  type Status,
  statusAt,
  type Verification,
} from "./verification.ts";

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
  readonly deliveryReason?: DeliveryReason;
  /** The channel to offer next. If present, it may be used now. */
  readonly nextChannel?: Channel;
};

type Looking = {
  readonly id: string;
  readonly to: Phone;
  readonly now: Instant;
  readonly channels: ChannelSettings;
};

export function viewOf(
  verification: Verification,
  { id, to, now, channels }: Looking,
): VerificationView {
  const { deliveryReason } = verification;
  const next = nextChannel(verification, now, channels);
  return {
    id,
    status: statusAt(verification, now),
    channel: newestChannel(verification),
    to: masked(to),
    codeLength: verification.codeLength,
    expiresAt: verification.expiresAt,
    resendAt: verification.resendAt,
    checksRemaining: checksRemaining(verification),
    channels: channelsFor(verification.country, channels),
    delivery: verification.delivery ?? "unknown",
    // Stryker disable next-line ConditionalExpression: JSON has no undefined; only the types ask
    ...(deliveryReason === undefined ? {} : { deliveryReason }),
    ...(next === undefined ? {} : { nextChannel: next }),
  };
}

/** `+447700900123` → `+44•••••••123`. A person can see a typing error, but not call it. */
export function masked(phone: Phone): string {
  const shown = 3;
  return `${phone.slice(0, shown)}${"•".repeat(phone.length - 2 * shown)}${phone.slice(-shown)}`;
}
