import {
  CHANNELS,
  type Channel,
  type DeliveryReason,
  type Instant,
  newestChannel,
  statusAt,
  type Verification,
} from "./verification.ts";

/** What a stage has set up beside SMS. */
export type ChannelSettings = {
  /** An approved template and a sender. */
  readonly hasWhatsApp: boolean;
  /** The countries that are called. A call costs more than a message and has its own fraud, so each is opened by name. */
  readonly voiceCountries: readonly string[];
  /** The ways to try one after another; empty for none. */
  readonly plan: readonly Channel[];
  /** Whether the next step of the plan is taken without being asked, once the one before has definitely failed. */
  readonly isPlanAutomatic: boolean;
};

/** The settings from the texts of an environment, lists separated by commas. Throws on what is no channel and no way to take a step. */
export function channelSettings(texts: {
  readonly WHATSAPP_FROM: string;
  readonly VOICE_COUNTRIES: string;
  readonly CHANNEL_PLAN: string;
  readonly CHANNEL_PLAN_STEPS: string;
}): ChannelSettings {
  const { CHANNEL_PLAN_STEPS: steps } = texts;
  if (steps !== "offered" && steps !== "automatic")
    throw new Error(`the steps of a plan are offered or automatic, not "${steps}"`);
  return {
    hasWhatsApp: texts.WHATSAPP_FROM !== "",
    voiceCountries: listed(texts.VOICE_COUNTRIES),
    plan: listed(texts.CHANNEL_PLAN).map(channelNamed),
    isPlanAutomatic: steps === "automatic",
  };
}

function listed(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}

function channelNamed(name: string): Channel {
  const found = CHANNELS.find((channel) => channel === name);
  if (found === undefined) throw new Error(`"${name}" is no channel`);
  return found;
}

/** Which ways a number of this country may be sent a code. */
export function channelsFor(
  country: string,
  { hasWhatsApp, voiceCountries }: ChannelSettings,
): readonly Channel[] {
  return [
    "sms",
    ...(hasWhatsApp ? (["whatsapp"] as const) : []),
    ...(voiceCountries.includes(country) ? (["voice"] as const) : []),
  ];
}

/** The way that is taken where nobody names one: the first of the plan that this country has. */
export function firstChannel(country: string, settings: ChannelSettings): Channel {
  const open = channelsFor(country, settings);
  return settings.plan.find((channel) => open.includes(channel)) ?? "sms";
}

/** The ways that can still work where a message has failed, the likeliest first. */
export const WAYS_LEFT: Readonly<Record<DeliveryReason, readonly Channel[]>> = {
  /** Switched off or out of coverage; WhatsApp gets through over Wi-Fi. */
  unreachable: ["whatsapp", "sms", "voice"],
  /** A typing error, most often: no other way leads there. */
  "not-in-service": [],
  landline: ["voice"],
  filtered: ["whatsapp", "voice", "sms"],
  "opted-out": ["whatsapp", "voice", "sms"],
  "not-on-whatsapp": ["sms", "voice"],
  "no-answer": ["sms", "whatsapp"],
  busy: ["sms", "whatsapp"],
  failed: ["sms", "whatsapp", "voice"],
};

/**
 * Whether the turn of a message that definitely failed may go to a message on `channel`. It may be answered from a plain read: what failed
 * never un-fails, and the turn itself is handed on by a conditional write.
 */
export function handsTurnOn(
  item: Verification,
  channel: Channel,
): item is Verification & { readonly turn: Instant } {
  const { delivery, deliveryReason, turn } = item;
  if (delivery !== "undelivered" || deliveryReason === undefined || turn === undefined)
    return false;
  return channel !== newestChannel(item) && WAYS_LEFT[deliveryReason].includes(channel);
}

/**
 * What to offer next, if it may be asked for now: after a failure another way that can still work, by the plan's order where there is one;
 * without news of one the next step of the plan, once the number may be sent another code.
 */
export function nextChannel(
  item: Verification,
  now: Instant,
  settings: ChannelSettings,
): Channel | undefined {
  if (statusAt(item, now) !== "pending") return undefined;
  const open = channelsFor(item.country, settings);
  const mayResend = item.resendAt <= now;
  if (item.delivery === "undelivered") {
    const tried = item.codes.map(({ channel }) => channel);
    const left = WAYS_LEFT[item.deliveryReason ?? "failed"];
    const ways = [...settings.plan.filter((channel) => left.includes(channel)), ...left];
    return ways.find(
      (channel) =>
        open.includes(channel) &&
        !tried.includes(channel) &&
        (mayResend || handsTurnOn(item, channel)),
    );
  }
  if (!mayResend || item.delivery === "delivered") return undefined;
  return stepAfter(newestChannel(item), settings.plan, open);
}

function stepAfter(
  channel: Channel,
  plan: readonly Channel[],
  open: readonly Channel[],
): Channel | undefined {
  const place = plan.indexOf(channel);
  if (place < 0) return undefined;
  return plan.slice(place + 1).find((step) => open.includes(step));
}
