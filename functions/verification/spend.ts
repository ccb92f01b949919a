import type { Country } from "../policy/destinations.ts";
import { LIMITS } from "../policy/limits.ts";
import type { ChannelPrices } from "../policy/prices.ts";
import { CHANNEL_ROWS } from "./channels.ts";
import { DAY_MS, paceOfDay } from "./pace.ts";
import type {
  FaultLog,
  Random,
  ScopeDecrement,
  ScopeOutcome,
  ScopeRecall,
  Unverified,
} from "./ports.ts";
import { type Layouts, shardsAt } from "./shards.ts";
import type { SendPriority } from "./turns.ts";
import type { Channel, Instant } from "./verification.ts";

/** The most that may be spent, in millionths of the currency. */
export type Cap = { readonly perHourMicros: number; readonly perDayMicros: number };

/** The money of a stage. */
export type SpendTerms = {
  /** The cap of everything together. */
  readonly total: Cap;
  /** The caps of countries. Every country but the home country has one. */
  readonly countries: Partial<Readonly<Record<Country, Cap>>>;
  /** The share of every cap that only returning tickets may use. */
  readonly keptForTickets: number;
  /** The share of every cap that only numbers known to a back end may use; 0 for none. */
  readonly knownShare: number;
  readonly prices: Partial<Readonly<Record<Country, ChannelPrices>>>;
  /** The app whose sends these are, and its cap of a day. Only where a stage has several. */
  readonly app?: { readonly name: string; readonly perDayMicros: number } | undefined;
  /** Items over which a day is spread; each holds its share of every cap. For a stage, the number that it sets: see shards.ts. */
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
  /** The app that pays, where a stage has several. */
  readonly app?: string | undefined;
  /** On the counters of known numbers, which are separate. */
  readonly isKnown?: boolean;
  readonly micros: number;
};

/** One figure for each counter of a charge: its content, or its limit. */
export type Room = {
  readonly day: number;
  readonly hour: number;
  readonly countryDay: number;
  readonly countryHour: number;
  /** Of an app, where a stage has several. */
  readonly appDay?: number | undefined;
};

/** The money of a UTC day, and the unverified sends that all share beside it. A send is one conditional write, and so is what an approval subtracts. */
export type SpendStore = {
  /**
   * Adds the price to every counter and a send to each window, if all have room; else nothing. Returns the counters after it, or those that
   * refused.
   */
  readonly reserve: (
    charge: SpendCharge,
    room: Room,
    windows?: readonly Unverified[],
  ) => Promise<{
    readonly kind: "taken" | "refused";
    readonly spent: Room;
    readonly windows: readonly ScopeOutcome[];
  }>;
  /**
   * Releases a reservation of money. Called once and never repeated: a repeat could release twice, and a reservation that stays only leaves less to
   * spend.
   */
  readonly giveBack: (charge: SpendCharge) => Promise<void>;
  readonly recall?: ScopeRecall;
  /** Subtracts from windows of one send, and from their days, each down to its minimum. */
  readonly decrement: (decrements: readonly ScopeDecrement[]) => Promise<void>;
};

const COUNTERS = [
  "day",
  "hour",
  "countryDay",
  "countryHour",
  "appDay",
] as const satisfies readonly (keyof Room)[];

const HOUR_MS = 3_600_000;

/** `2026-11-25`, in UTC. */
export function dayOf(now: Instant): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** The terms with the shards that the day of `now` has from its start to its end. */
export function spendTermsAt(terms: SpendTerms, layouts: Layouts, now: Instant): SpendTerms {
  return { ...terms, shards: shardsAt(layouts, now) };
}

/** The reserved price of a send; of an SMS that may go by RCS, the higher one. Throws for a channel without a price, which the stage must not have opened. */
export function priceOf(
  { prices }: Pick<SpendTerms, "prices">,
  { country, channel, segments = 1 }: SendPriced,
): number {
  const { rcs = 0, [channel]: price }: Partial<ChannelPrices> = prices[country] ?? {};
  if (price === undefined) throw new Error(`${channel} to ${country} has no price`);
  return CHANNEL_ROWS[channel].isPaidBySegment ? Math.max(price * segments, rcs) : price;
}

type SendPriced = {
  readonly country: Country;
  readonly channel: Channel;
  /** The number of billed segments of an SMS. */
  readonly segments?: number;
};

/** The price of a send on the counters of the moment, on one of the shards. */
export function chargeFor(
  {
    spendTerms,
    random,
  }: { readonly spendTerms: SpendTerms; readonly random: Pick<Random, "integer"> },
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
    app: spendTerms.app?.name,
    isKnown,
    micros: priceOf(spendTerms, { country, channel, segments }),
  };
}

/** The caps of a charge on one shard: the whole for a customer, without the share for tickets for strangers, and less for later sends. */
export function capsOf(
  terms: SpendTerms,
  {
    country,
    priority,
    now,
  }: { readonly country: Country; readonly priority: SendPriority; readonly now: Instant },
): Room {
  const { total, countries, app, shards } = terms;
  const { hour, day } = sharesOf(priority, terms, now);
  const ofCountry = countries[country] ?? total;
  return {
    day: Math.floor((total.perDayMicros * day) / shards),
    hour: Math.floor((total.perHourMicros * hour) / shards),
    countryDay: Math.floor((ofCountry.perDayMicros * day) / shards),
    countryHour: Math.floor((ofCountry.perHourMicros * hour) / shards),
    appDay: app && Math.floor((app.perDayMicros * day) / shards),
  };
}

/** The shares of every cap of an hour, and of a day. */
function sharesOf(
  priority: SendPriority,
  { keptForTickets, knownShare }: Pick<SpendTerms, "keptForTickets" | "knownShare">,
  now: Instant,
) {
  if (priority === "known") return { hour: knownShare, day: knownShare };
  const all = 1 - knownShare;
  const open = all * (1 - keptForTickets);
  if (priority === "customer") return { hour: all, day: all };
  if (priority === "stranger") return { hour: open, day: open };
  return {
    hour: Math.min(open, all * LIMITS.pace.hour),
    day: Math.min(open, all * paceOfDay(now)),
  };
}

export type Reservation = {
  /** The spent share of the fullest cap, in percent. */
  readonly spentPercent: number;
  /** Of the windows beside. One that is full refuses the money too. */
  readonly windows: readonly ScopeOutcome[];
} & (
  | {
      readonly kind: "reserved";
      readonly charge: SpendCharge;
      /** The highest row of `LIMITS.spendThresholdsPercent` that was not reached before this charge. */
      readonly spendThreshold?: number | undefined;
    }
  | { readonly kind: "refused"; readonly retryAt: Instant }
);

/**
 * Reserves the price of a send before it is made, on every cap at once, or returns until when there is no money for it. Counts it in the windows
 * that all share, where these and the money have room.
 */
export async function reserve(
  store: Pick<SpendStore, "reserve">,
  terms: SpendTerms,
  {
    charge,
    priority,
    now,
    beside = [],
  }: {
    readonly charge: SpendCharge;
    readonly priority: SendPriority;
    readonly now: Instant;
    readonly beside?: readonly Unverified[];
  },
): Promise<Reservation> {
  const { country, micros } = charge;
  const caps = capsOf(terms, { country, priority, now });
  const room = eachOf(caps, (cap) => cap - micros);
  // A price above a cap never fits, and an empty counter would accept it.
  if (COUNTERS.some((counter) => (room[counter] ?? 0) < 0))
    return {
      kind: "refused",
      retryAt: opensAt(caps, room, now),
      spentPercent: 100,
      windows: beside.map(() => ({ kind: "open", unverified: 0 })),
    };
  const { kind, spent, windows } = await store.reserve(charge, room, beside);
  const priorityOfAll = charge.isKnown === true ? "known" : "customer";
  const all = capsOf(terms, { country, priority: priorityOfAll, now });
  const spentPercent = percentOf(spent, all);
  if (kind === "taken") {
    const before = percentOf(
      eachOf(spent, (held) => held - micros),
      all,
    );
    return {
      kind: "reserved",
      charge,
      spentPercent,
      spendThreshold: reached(before, spentPercent),
      windows,
    };
  }
  // A cap without room for the next message is used up, whatever remains of it.
  return {
    kind: "refused",
    retryAt: opensAt(spent, room, now),
    spentPercent: Math.max(100, spentPercent),
    windows,
  };
}

/** Only after the provider's definite refusal. A reservation that cannot be released stays, and less can be spent. */
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

/** The next day for a full daily cap, the next hour for a full hourly cap. */
function opensAt(spent: Room, room: Room, now: Instant): Instant {
  const isDayFull = (["day", "countryDay", "appDay"] as const).some(
    (counter) => (spent[counter] ?? 0) > (room[counter] ?? 0),
  );
  const step = isDayFull ? DAY_MS : HOUR_MS;
  return (Math.floor(now / step) + 1) * step;
}

function reached(before: number, after: number): number | undefined {
  return LIMITS.spendThresholdsPercent.findLast((percent) => before < percent && percent <= after);
}

function percentOf(spent: Room, caps: Room): number {
  return Math.max(
    ...COUNTERS.map((counter) =>
      Math.round((100 * (spent[counter] ?? 0)) / Math.max(1, caps[counter] ?? 0)),
    ),
  );
}

function eachOf(
  { day, hour, countryDay, countryHour, appDay }: Room,
  figure: (held: number) => number,
): Room {
  return {
    day: figure(day),
    hour: figure(hour),
    countryDay: figure(countryDay),
    countryHour: figure(countryHour),
    appDay: appDay === undefined ? undefined : figure(appDay),
  };
}
