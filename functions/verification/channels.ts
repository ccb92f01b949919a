import {
  CHANNELS,
  type Channel,
  type DeliveryReason,
  type Instant,
  newestChannel,
  statusAt,
  type Verification,
} from "./verification.ts";

/** The channels of a stage beside SMS. */
export type ChannelSettings = {
  /** Whether there are an approved template and a sender. */
  readonly hasWhatsApp: boolean;
  /** The countries that can be called. A call costs more than a message and has its own kinds of fraud, so each is opened by name. */
  readonly voiceCountries: readonly string[];
  /** The channels in order; empty for no plan. */
  readonly plan: readonly Channel[];
  /** Whether the next step of the plan is taken automatically after a definite failure. */
  readonly isPlanAutomatic: boolean;
};

/** The settings from the texts of an environment, lists separated by commas. Throws for an unknown channel or mode. */
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

/** A channel as data. Its message (dispatch.ts) and its request (adapters/twilio) are code, which the compiler requires. */
type ChannelRow = {
  /**
   * In the `amr` of a proof, beside "otp". RFC 8176 §2 has "sms" for a text message and "tel" for a call; WhatsApp has no value there, so its own
   * name is used.
   */
  readonly proofMethod: string;
  /** Whether the price is that of a segment; else that of a message. */
  readonly isPaidBySegment: boolean;
  readonly isOpen: (country: string, settings: ChannelSettings) => boolean;
  /** How likely it works after a failure on any channel, 1 the likeliest; "no" if it cannot. */
  readonly after: Readonly<Record<DeliveryReason, 1 | 2 | 3 | "no">>;
};

/**
 * If a phone is switched off or out of coverage, WhatsApp may still arrive over Wi-Fi. A number that is not in service is usually a typing error:
 * no channel helps. After an unanswered call there is no second call.
 */
export const CHANNEL_ROWS: Readonly<Record<Channel, ChannelRow>> = {
  sms: {
    proofMethod: "sms",
    isPaidBySegment: true,
    isOpen: () => true,
    after: {
      ...{ unreachable: 2, "not-in-service": "no", landline: "no", filtered: 3, "opted-out": 3 },
      ...{ "not-on-whatsapp": 1, "no-answer": 1, busy: 1, failed: 1 },
    },
  },
  whatsapp: {
    proofMethod: "whatsapp",
    isPaidBySegment: false,
    isOpen: (_, { hasWhatsApp }) => hasWhatsApp,
    after: {
      ...{ unreachable: 1, "not-in-service": "no", landline: "no", filtered: 1, "opted-out": 1 },
      ...{ "not-on-whatsapp": "no", "no-answer": 2, busy: 2, failed: 2 },
    },
  },
  voice: {
    proofMethod: "tel",
    isPaidBySegment: false,
    isOpen: (country, { voiceCountries }) => voiceCountries.includes(country),
    after: {
      ...{ unreachable: 3, "not-in-service": "no", landline: 1, filtered: 2, "opted-out": 2 },
      ...{ "not-on-whatsapp": 2, "no-answer": "no", busy: "no", failed: 3 },
    },
  },
};

/** The channels on which a number of this country may be sent a code. */
export function channelsFor(country: string, settings: ChannelSettings): readonly Channel[] {
  return CHANNELS.filter((channel) => CHANNEL_ROWS[channel].isOpen(country, settings));
}

/** The default channel: the first of the plan that this country has. */
export function firstChannel(country: string, settings: ChannelSettings): Channel {
  const open = channelsFor(country, settings);
  return settings.plan.find((channel) => open.includes(channel)) ?? "sms";
}

/** The channels that can still work after such a failure, the likeliest first. */
export function channelsLeft(reason: DeliveryReason): readonly Channel[] {
  return CHANNELS.flatMap((channel) => {
    const place = CHANNEL_ROWS[channel].after[reason];
    return place === "no" ? [] : [{ channel, place }];
  })
    .toSorted((one, other) => one.place - other.place)
    .map(({ channel }) => channel);
}

/** The reasons of a call that rang. It is billed if it was answered, even without a code. */
const RANG: ReadonlySet<DeliveryReason> = new Set(["no-answer", "busy"]);

/**
 * Whether the turn of a definitely failed message may go to a message on `channel`. A call that rang keeps its turn. A plain read suffices: a
 * failure is final, and a conditional write hands the turn on.
 */
export function handsTurnOn(
  item: Verification,
  channel: Channel,
): item is Verification & { readonly turn: Instant } {
  const { delivery, deliveryReason, turn } = item;
  if (delivery !== "undelivered" || deliveryReason === undefined || turn === undefined)
    return false;
  if (RANG.has(deliveryReason)) return false;
  return channel !== newestChannel(item) && channelsLeft(deliveryReason).includes(channel);
}

/**
 * The channel to offer next, if it may be used now: after a failure another one that can still work, in the plan's order if there is one; without
 * a report the next step of the plan, once the number may be sent another code.
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
    const left = channelsLeft(item.deliveryReason ?? "failed");
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
