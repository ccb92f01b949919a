import { STAGES, type Stage } from "../../infra/stages.ts";
import type { Attack } from "./attack.ts";
import { ipv4, UK_MOBILES } from "./numbers.ts";
import type { Crowd } from "./people.ts";
import type { Siege } from "./siege.ts";

/** One stretch of time on a production stage: who comes, and who attacks. */
export type Scenario = {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  /** The hour of the day, in UTC, at which it begins. */
  readonly hour: number;
  readonly stage: Stage;
  readonly crowd: Crowd;
  readonly attack?: Attack;
  readonly siege?: Siege;
};

/** As it is deployed, until an operator changes a row. */
const PROD: Stage = STAGES.prod;

/** The production stage with another country, and with one that is called, at 80 cents a minute. */
const WITH_MOROCCO: Stage = { ...PROD, countries: ["GB", "MA"] };
const WITH_MOLDOVA: Stage = {
  ...PROD,
  countries: ["GB", "MD"],
  voice: { from: "+442071838750", countries: ["MD"] },
};

/** The busiest hour of a service with 2,000 sign-ins a day has 300 of them. */
const BUSY = 5;

/** Half have proven their number before, on the device that they sign in from. */
const TICKET_SHARE = 0.5;

const AT_HOME = {
  perMinute: () => BUSY,
  ticketShare: TICKET_SHARE,
  numbers: [{ plan: UK_MOBILES, share: 1, place: "elsewhere" }],
} as const satisfies Crowd;

/** Ten thousand numbers, of which a thousand are people's. */
const RANGE = "+44780012####";

/** One in fifty has a number in the very range that is attacked. */
const WITH_NEIGHBOURS = {
  ...AT_HOME,
  numbers: [
    { plan: RANGE, share: 0.02, place: "in the range" },
    { plan: UK_MOBILES, share: 0.98, place: "elsewhere" },
  ],
} as const satisfies Crowd;

const MOROCCO = { range: "+21266123####", country: "+2126########" } as const;
const MOLDOVA = { range: "+3736912####", country: "+37369######" } as const;

/** One in fifty is abroad. */
function withPeopleOf({ range, country }: typeof MOROCCO | typeof MOLDOVA): Crowd {
  return {
    ...AT_HOME,
    numbers: [
      { plan: range, share: 0.002, place: "in the range" },
      { plan: country, share: 0.018, place: "in the country" },
      { plan: UK_MOBILES, share: 0.98, place: "elsewhere" },
    ],
  };
}

const DAY_MINUTES = 1_440;

/** 2,000 people a day: few at night, a rush between eight and nine, and a fifth less after it than before the evening. */
function ordinaryDay(minute: number): number {
  const hour = (minute % DAY_MINUTES) / 60;
  if (hour < 7) return 0.2;
  if (hour >= 8 && hour < 9) return 5 + 3 * Math.sin((hour - 8) * Math.PI);
  return hour < 22 ? 1.6 : 0.6;
}

/** Twenty minutes of honest people before each attack. */
const QUIET = 20;

const FIRST_HOUR = 8;

/** An attack on the production stage, five guesses at each message, after twenty quiet minutes; `minutes` of all of it. */
function attacked(
  id: string,
  title: string,
  minutes: number,
  {
    stage = PROD,
    crowd = AT_HOME,
    hour = FIRST_HOUR,
    ...attack
  }: Partial<Pick<Scenario, "stage" | "crowd" | "hour">> &
    Pick<Attack, "tries" | "pace"> &
    Partial<Attack>,
): Scenario {
  const usual = { from: QUIET, addresses: ADDRESSES, numbers: UK_MOBILES, guesses: 5 };
  return { id, title, minutes, hour, stage, crowd, attack: { ...usual, ...attack } };
}

const MANY = 20_000;
const ADDRESSES = { kind: "ipv4", count: MANY } as const;
const WHOLE_DAY = { minutes: DAY_MINUTES, hour: 0, stage: PROD } as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    ...WHOLE_DAY,
    id: "a",
    title: "an ordinary day; no message arrives from 8:10 to 8:25",
    crowd: { ...AT_HOME, perMinute: ordinaryDay, outage: { from: 490, to: 505 } },
  },
  attacked("b", "20,000 addresses, 13,000 starts onto one range", 80, {
    crowd: WITH_NEIGHBOURS,
    tries: 13_000,
    pace: { perMinute: 260 },
    numbers: RANGE,
    guesses: 0,
  }),
  attacked("c", "one account a number: 8,000 starts onto a Moroccan range", 110, {
    stage: WITH_MOROCCO,
    crowd: withPeopleOf(MOROCCO),
    tries: 8_000,
    pace: { perMinute: 100 },
    addresses: { kind: "ipv4", count: 2_000 },
    numbers: MOROCCO.range,
    country: "MA",
    guesses: 0,
  }),
  attacked("d", "2,400 calls to Moldova in 15 minutes", 50, {
    stage: WITH_MOLDOVA,
    crowd: withPeopleOf(MOLDOVA),
    tries: 2_400,
    pace: { perMinute: 160 },
    addresses: { kind: "ipv4", count: 500 },
    numbers: MOLDOVA.country,
    country: "MD",
    channel: "voice",
    guesses: 0,
  }),
  attacked("e", "five guesses at each of 100,000 numbers", 120, {
    tries: 100_000,
    pace: { perMinute: 1_000 },
  }),
  {
    ...WHOLE_DAY,
    id: "f",
    title: "strangers burn the turns of 20 people for three days",
    minutes: 3 * DAY_MINUTES,
    crowd: { ...AT_HOME, perMinute: ordinaryDay },
    siege: { owners: 10, days: 3 },
  },
  attacked("g", "one /48 of IPv6, a fresh /64 for each of 9,000 starts", 80, {
    tries: 9_000,
    pace: { perMinute: 180 },
    addresses: { kind: "ipv6", sites: 1 },
  }),
  attacked("h", "bursts of 600 around the edges of the ten minutes, 10 addresses", 100, {
    from: QUIET - 5,
    tries: 4_800,
    pace: { perEdge: 600, windowMinutes: 10 },
    addresses: { kind: "ipv4", count: 10 },
  }),
  {
    id: "i",
    title: "a thousand people behind one address of a carrier, in two hours",
    minutes: 120,
    hour: FIRST_HOUR,
    stage: PROD,
    crowd: { ...AT_HOME, perMinute: () => 1_000 / 120, address: ipv4(1_000_000) },
  },
  attacked("j", "pumping onto 100 ranges that proves one start in four", 80, {
    tries: 13_000,
    pace: { perMinute: 260 },
    numbers: "+447800######",
    guesses: 0,
    provenShare: 0.3,
  }),
  attacked("k", "a whole day of guesses at random numbers, 20 starts a minute", DAY_MINUTES, {
    hour: 0,
    crowd: { ...AT_HOME, perMinute: ordinaryDay },
    from: 0,
    tries: 20 * DAY_MINUTES,
    pace: { perMinute: 20 },
  }),
];

/** As a stage has it that shows a challenge from half of a limit on. */
export function withChallenge(scenario: Scenario): Scenario {
  const challenge = {
    provider: "turnstile",
    siteKey: "1x00000000000000000000AA",
    when: "under-pressure",
    whenUnreachable: "refuse",
  } as const;
  return { ...scenario, stage: { ...scenario.stage, challenge } };
}
