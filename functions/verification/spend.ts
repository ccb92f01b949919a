import type { Country } from "../policy/destinations.ts";
import { LIMITS } from "../policy/limits.ts";
import type { ChannelPrices } from "../policy/prices.ts";
import { CHANNEL_ROWS } from "./channels.ts";
import { DAY_MS, paceOfDay } from "./pace.ts";
import type { FaultLog, Random } from "./ports.ts";
import { type Layouts, shardsAt } from "./shards.ts";
import type { Standing } from "./turns.ts";
import type { Channel, Instant } from "./verification.ts";

/** The most that may be spent, in millionths of the currency. */
export type Cap = { readonly perHourMicros: number; readonly perDayMicros: number };

/** What a stage decides of its money. */
export type SpendTerms = {
  /** Of everything together. */
  readonly total: Cap;
  /** Of each country that has a cap of its own. Every country that is not the first has one. */
  readonly countries: Partial<Readonly<Record<Country, Cap>>>;
  /** The share of every cap that only returning tickets may use. */
  readonly keptForTickets: number;
  /** The share of every cap that is for numbers that a back end knows, and for nobody else; 0 for none. */
  readonly knownShare: number;
  readonly prices: Partial<Readonly<Record<Country, ChannelPrices>>>;
  /** Items that a day is spread over; each holds its share of every cap. Of a stage, those that it wants: see shards.ts. */
  readonly shards: number;
};

/** One price on the counters of its day, its hour and its country. */
export type SpendCharge = {
  /** `2026-11-25`, in UTC. */
  readonly day: string;
  /** 0 to 23, in UTC. */
  readonly hour: number;
  readonly shard: number;
  readonly country: Country;
  /** On the counters of known numbers, which are apart from all others. */
  readonly isKnown?: boolean;
  readonly micros: number;
};

/** One figure for each counter of a booking: what it holds, or the most it may. */
export type Room = {
  readonly day: number;
  readonly hour: number;
  readonly countryDay: number;
  readonly countryHour: number;
};

/** The money of a UTC day. Every booking is one conditional write. */
export type SpendStore = {
  /** Books the price on every counter, if each has room for it. Gives what each holds now, or held when it refused. */
  readonly reserve: (
    charge: SpendCharge,
    room: Room,
  ) => Promise<{ readonly kind: "taken" | "refused"; readonly spent: Room }>;
  /** Takes a booking back. Asked once and never repeated: a repeat could give back twice, and a booking that stays only leaves less to spend. */
  readonly giveBack: (charge: SpendCharge) => Promise<void>;
};

const COUNTERS = [
  "day",
  "hour",
  "countryDay",
  "countryHour",
] as const satisfies readonly (keyof Room)[];

const HOUR_MS = 3_600_000;

/** `2026-11-25`, in UTC. */
export function dayOf(now: Instant): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** The terms with the shards that the day of `now` has from its start to its end. */
export function spendTermsAt(terms: SpendTerms, layouts: Layouts, now: Instant): SpendTerms {
  return { ...terms, shards: shardsAt(layouts, Math.floor(now / DAY_MS) * DAY_MS).spend };
}

/** What a send is reserved at. A channel without a price is not for sale: the stage must not have opened it. */
function priceOf(
  { prices }: Pick<SpendTerms, "prices">,
  { country, channel, segments = 1 }: SendPriced,
): number {
  const price = prices[country]?.[channel];
  if (price === undefined) throw new Error(`${channel} to ${country} has no price`);
  return CHANNEL_ROWS[channel].isPaidBySegment ? price * segments : price;
}

type SendPriced = {
  readonly country: Country;
  readonly channel: Channel;
  /** How many messages an SMS is billed as. */
  readonly segments?: number;
};

/** The price of a send on the counters of the moment, on one of the shards. */
export function chargeFor(
  {
    spendTerms,
    random,
  }: {
    readonly spendTerms: SpendTerms;
    readonly random: Pick<Random, "integer">;
  },
  {
    now,
    country,
    channel,
    isKnown = false,
    segments = 1,
  }: SendPriced & { readonly now: Instant; readonly isKnown?: boolean },
): SpendCharge {
  return {
    day: dayOf(now),
    hour: new Date(now).getUTCHours(),
    shard: spendTerms.shards > 1 ? random.integer(spendTerms.shards) : 0,
    country,
    isKnown,
    micros: priceOf(spendTerms, { country, channel, segments }),
  };
}

/** The caps of a booking on one shard: all of them for a customer, what is not kept for tickets for strangers, and less for later sends. */
export function capsOf(
  terms: SpendTerms,
  {
    country,
    standing,
    now,
  }: { readonly country: Country; readonly standing: Standing; readonly now: Instant },
): Room {
  const { total, countries, shards } = terms;
  const { hour, day } = sharesOf(standing, terms, now);
  const ofCountry = countries[country] ?? total;
  return {
    day: Math.floor((total.perDayMicros * day) / shards),
    hour: Math.floor((total.perHourMicros * hour) / shards),
    countryDay: Math.floor((ofCountry.perDayMicros * day) / shards),
    countryHour: Math.floor((ofCountry.perHourMicros * hour) / shards),
  };
}

/** Of every cap of an hour, and of a day. */
function sharesOf(
  standing: Standing,
  { keptForTickets, knownShare }: Pick<SpendTerms, "keptForTickets" | "knownShare">,
  now: Instant,
) {
  if (standing === "known") return { hour: knownShare, day: knownShare };
  const all = 1 - knownShare;
  const open = all * (1 - keptForTickets);
  if (standing === "customer") return { hour: all, day: all };
  if (standing === "stranger") return { hour: open, day: open };
  return {
    hour: Math.min(open, all * LIMITS.pace.hour),
    day: Math.min(open, all * paceOfDay(now)),
  };
}

export type Reservation =
  | {
      readonly kind: "reserved";
      readonly charge: SpendCharge;
      /** How much of the tightest cap is spent, in percent. */
      readonly spentPercent: number;
    }
  | { readonly kind: "refused"; readonly retryAt: Instant; readonly spentPercent: number };

/** Reserves the price of a send before it is made, on every cap at once, or says until when there is no money for it. */
export async function reserve(
  store: Pick<SpendStore, "reserve">,
  terms: SpendTerms,
  {
    charge,
    standing,
    now,
  }: { readonly charge: SpendCharge; readonly standing: Standing; readonly now: Instant },
): Promise<Reservation> {
  const { country, micros } = charge;
  const caps = capsOf(terms, { country, standing, now });
  const room = mapped((counter) => caps[counter] - micros);
  // A price above a cap never fits, and an empty counter would let it through.
  if (COUNTERS.some((counter) => room[counter] < 0))
    return { kind: "refused", retryAt: opensAt(caps, room, now), spentPercent: 100 };
  const { kind, spent } = await store.reserve(charge, room);
  const spentPercent = percentOf(
    spent,
    capsOf(terms, {
      country,
      standing: charge.isKnown === true ? "known" : "customer",
      now,
    }),
  );
  if (kind === "taken") return { kind: "reserved", charge, spentPercent };
  // Where the next message does not fit the cap is used up, however much of it is left: the dearer a message, the more.
  return {
    kind: "refused",
    retryAt: opensAt(spent, room, now),
    spentPercent: Math.max(100, spentPercent),
  };
}

/** Only for what the provider definitely refused. Where it cannot be given back it stays booked, and less can be spent. */
export async function giveBack(
  {
    spend,
    logFault,
  }: { readonly spend: Pick<SpendStore, "giveBack">; readonly logFault: FaultLog },
  charge: SpendCharge,
): Promise<void> {
  try {
    await spend.giveBack(charge);
  } catch (fault) {
    logFault("spend-not-given-back", fault);
  }
}

/** A day that is full opens tomorrow, and an hour that is full in the next one. */
function opensAt(spent: Room, room: Room, now: Instant): Instant {
  const isDayFull = spent.day > room.day || spent.countryDay > room.countryDay;
  const step = isDayFull ? DAY_MS : HOUR_MS;
  return (Math.floor(now / step) + 1) * step;
}

function percentOf(spent: Room, caps: Room): number {
  return Math.max(
    ...COUNTERS.map((counter) => Math.round((100 * spent[counter]) / Math.max(1, caps[counter]))),
  );
}

function mapped(figure: (counter: keyof Room) => number): Room {
  return {
    day: figure("day"),
    hour: figure("hour"),
    countryDay: figure("countryDay"),
    countryHour: figure("countryHour"),
  };
}
