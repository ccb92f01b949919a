import { CommandFault } from "../../cli/terminal.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import type { Attack } from "./attack.ts";
import { ipv4, UK_MOBILES } from "./numbers.ts";
import type { Crowd } from "./people.ts";
import type { Holds, Siege } from "./siege.ts";

/** One stretch of time on a production stage: who comes, and who attacks. */
export type Scenario = {
  readonly name: string;
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

const WITH_CALLS: Stage = { ...PROD, voice: { from: "+442071838750", countries: ["GB"] } };

/** Beside 2,000 sign-ins a day there are 400 of numbers that a back end knows. */
const WITH_KNOWN = 1.2;

/** The busiest hour of a service with 2,000 sign-ins a day has 300 of them. */
const BUSY = 5 * WITH_KNOWN;

/** Of the 2,000, half have proven their number before, on the device that they sign in from. */
const TICKET_SHARE = 0.5 / WITH_KNOWN;

const AT_HOME = {
  perMinute: () => BUSY,
  ticketShare: TICKET_SHARE,
  knownShare: 1 - 1 / WITH_KNOWN,
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
  return WITH_KNOWN * signInsAt(minute);
}

function signInsAt(minute: number): number {
  const hour = (minute % DAY_MINUTES) / 60;
  if (hour < 7) return 0.2;
  if (hour >= 8 && hour < 9) return 5 + 3 * Math.sin((hour - 8) * Math.PI);
  return hour < 22 ? 1.6 : 0.6;
}

/** Twenty minutes of honest people before each attack. */
const QUIET = 20;

const DAY_CROWD = { ...AT_HOME, perMinute: ordinaryDay } as const satisfies Crowd;

const FIRST_HOUR = 8;

/** An attack on the production stage, five guesses at each message, after twenty quiet minutes; `minutes` of all of it. */
function attacked(
  name: string,
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
  return { name, title, minutes, hour, stage, crowd, attack: { ...usual, ...attack } };
}

const MANY = 20_000;
const ADDRESSES = { kind: "ipv4", count: MANY } as const;

/** From midnight to midnight on the production stage. */
function allDay(name: string, title: string, given: Partial<Scenario>): Scenario {
  const day = { minutes: DAY_MINUTES, hour: 0, stage: PROD, crowd: DAY_CROWD };
  return { name, title, ...day, ...given };
}

/** An ordinary day with twelve starts a minute of an attacker, from eight in the morning to midnight. */
function fromEight(name: string, title: string, given: Partial<Attack>): Scenario {
  const pace = { perMinute: 12 };
  const addresses = { kind: "ipv4", count: 1 } as const;
  const attack = { from: 480, tries: 12 * 960, pace, addresses, guesses: 0, ...given };
  return allDay(name, title, { attack });
}

export const SCENARIOS: readonly Scenario[] = [
  allDay("ordinary-day", "an ordinary day", {}),
  allDay("outage", "an ordinary day on which no message arrives from 8:10 to 8:25", {
    crowd: { ...DAY_CROWD, outage: { from: 490, to: 505 } },
  }),
  attacked("one-range", "20,000 addresses, 13,000 starts onto one range", 80, {
    crowd: WITH_NEIGHBOURS,
    tries: 13_000,
    pace: { perMinute: 260 },
    numbers: RANGE,
    guesses: 0,
  }),
  attacked("morocco", "one account a number: 8,000 starts onto a Moroccan range", 110, {
    stage: WITH_MOROCCO,
    crowd: withPeopleOf(MOROCCO),
    tries: 8_000,
    pace: { perMinute: 100 },
    addresses: { kind: "ipv4", count: 2_000 },
    numbers: MOROCCO.range,
    country: "MA",
    guesses: 0,
  }),
  attacked("calls", "2,400 calls to Moldova in 15 minutes", 50, {
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
  attacked("spread-guessing", "five guesses at each of 30,000 numbers, in half an hour", 120, {
    tries: 30_000,
    pace: { perMinute: 1_000 },
  }),
  allDay("siege", "strangers burn the turns of 20 people for three days", {
    minutes: 3 * DAY_MINUTES,
    siege: { owners: 10, days: 3 },
  }),
  attacked("ipv6-site", "one /48 of IPv6, a fresh /64 for each of 9,000 starts", 80, {
    tries: 9_000,
    pace: { perMinute: 180 },
    addresses: { kind: "ipv6", sites: 1 },
  }),
  attacked("window-edges", "bursts of 600 around the edges of the ten minutes, 10 addresses", 100, {
    from: QUIET - 5,
    tries: 4_800,
    pace: { perEdge: 600, windowMinutes: 10 },
    addresses: { kind: "ipv4", count: 10 },
  }),
  {
    name: "carrier",
    title: "a thousand people behind one address of a carrier, in two hours",
    minutes: 120,
    hour: FIRST_HOUR,
    stage: PROD,
    crowd: { ...AT_HOME, perMinute: () => 1_000 / 120, address: ipv4(1_000_000) },
  },
  attacked("pumping", "pumping onto 100 ranges that proves one start in four", 80, {
    tries: 13_000,
    pace: { perMinute: 260 },
    numbers: "+447800######",
    guesses: 0,
    provenShare: 0.3,
  }),
  attacked(
    "day-of-guessing",
    "a whole day of guesses at random numbers, 20 starts a minute",
    DAY_MINUTES,
    { hour: 0, crowd: DAY_CROWD, from: 0, tries: 20 * DAY_MINUTES, pace: { perMinute: 20 } },
  ),
  fromEight("few-addresses", "few addresses, from eight to midnight, at random numbers", {
    numbers: UK_MOBILES,
    guesses: 5,
  }),
  fromEight(
    "own-numbers",
    "own numbers, proven from eight to midnight, again and again with their tickets",
    { owned: { count: 400 } },
  ),
  fromEight("own-and-others", "own numbers with their tickets, and random numbers of others", {
    numbers: UK_MOBILES,
    owned: { count: 400 },
    guesses: 5,
  }),
  fromEight("old-tickets", "own numbers that were proven a month ago", {
    owned: { count: 400, ticketDays: 30 },
  }),
  attacked(
    "call-and-hang-up",
    "calls to 20 numbers that are hung up, each with an SMS asked for at once",
    50,
    {
      stage: WITH_CALLS,
      tries: 1_200,
      pace: { perMinute: 60 },
      among: 20,
      channel: "voice",
      hangsUp: true,
      guesses: 0,
    },
  ),
  allDay(
    "hold-turn",
    "worthless tokens for the numbers of 20 people, while a botnet has all starts challenged",
    {
      minutes: 540,
      attack: {
        from: 450,
        tries: 2_700,
        pace: { perMinute: 30 },
        addresses: { kind: "ipv4", count: 500 },
        guesses: 0,
      },
      siege: {
        owners: 10,
        days: 1,
        holds: { perMinute: 180, addresses: 20_000, minutesAfter: 10 },
      },
    },
  ),
  fromEight(
    "stolen-credential",
    "a stolen credential of a back end, which vouches for random numbers",
    { addresses: { kind: "ipv4", count: 500 }, numbers: UK_MOBILES, knownNumber: true, guesses: 5 },
  ),
];

export function scenarioNamed(text: string): Scenario {
  const found = SCENARIOS.find(({ name }) => name === text);
  if (found === undefined)
    throw new CommandFault(`The scenarios: ${SCENARIOS.map(({ name }) => name).join(", ")}.`);
  return found;
}

/** A day of as many sign-ins, on a stage whose caps are as many times larger or smaller; of the very many only the busiest hour. */
export function withVolume(scenario: Scenario, signIns: number): Scenario {
  const times = signIns / 2_000;
  const { stage, crowd } = scenario;
  const { dollarsPerHour, dollarsPerDay } = stage.spend;
  const isHuge = times > 10;
  return {
    ...scenario,
    hour: isHuge ? 8 : scenario.hour,
    minutes: isHuge ? 60 : scenario.minutes,
    crowd: {
      ...crowd,
      mostPerMinute: 60 * Math.max(1, times),
      perMinute: (minute) => times * crowd.perMinute(minute + (isHuge ? 480 : 0)),
    },
    stage: {
      ...stage,
      spend: {
        ...stage.spend,
        dollarsPerHour: dollarsPerHour * times,
        dollarsPerDay: dollarsPerDay * times,
      },
      ...(stage.knownNumbers && { knownNumbers: { perDay: stage.knownNumbers.perDay * times } }),
    },
  };
}

export const CHALLENGES = ["none", "pressure", "always"] as const;

/** What the command changes of a scenario. */
export type Parameters = {
  /** Of the attacker; /48s where it comes from IPv6. */
  readonly addresses?: number | undefined;
  /** Numbers of others that it attacks, in place of all in its plan. */
  readonly numbers?: number | undefined;
  /** Numbers of its own. */
  readonly owned?: number | undefined;
  /** Starts a minute. */
  readonly rate?: number | undefined;
  readonly challenge?: (typeof CHALLENGES)[number] | undefined;
  /** Of the challenges that the attacker has solved, so many it passes. */
  readonly solvingShare?: number | undefined;
};

/** A scenario with other figures; what it has no place for changes nothing. */
export function withParameters(scenario: Scenario, parameters: Parameters): Scenario {
  const { challenge, numbers } = parameters;
  const { attack, siege } = scenario;
  return {
    ...scenario,
    stage: challenge === undefined ? scenario.stage : challenging(scenario.stage, challenge),
    ...(attack && { attack: attackWith(attack, parameters) }),
    ...(siege && {
      siege: {
        ...siege,
        owners: numbers === undefined ? siege.owners : Math.ceil(numbers / 2),
        ...(siege.holds && { holds: holdsWith(siege.holds, parameters) }),
      },
    }),
  };
}

function attackWith(
  attack: Attack,
  { addresses, numbers, owned, rate, solvingShare }: Parameters,
): Attack {
  const isRepaced = rate !== undefined && "perMinute" in attack.pace;
  return {
    ...attack,
    ...(addresses !== undefined && {
      addresses:
        attack.addresses.kind === "ipv4"
          ? { kind: "ipv4", count: addresses }
          : { kind: "ipv6", sites: addresses },
    }),
    ...(numbers !== undefined && { among: numbers }),
    ...(owned !== undefined && attack.owned && { owned: { ...attack.owned, count: owned } }),
    ...(isRepaced && {
      pace: { perMinute: rate },
      tries: Math.round((attack.tries * rate) / attack.pace.perMinute),
    }),
    ...(solvingShare !== undefined && { solvingShare }),
  };
}

function holdsWith(
  holds: Holds,
  { addresses = holds.addresses, rate = holds.perMinute }: Parameters,
): Holds {
  return { ...holds, addresses, perMinute: rate };
}

function challenging(stage: Stage, when: (typeof CHALLENGES)[number]): Stage {
  if (when === "none")
    return { ...stage, challenge: { off: true, because: "To see what it is worth." } };
  const challenge = {
    provider: "turnstile",
    siteKey: "example-site-key",
    when: when === "always" ? "always" : "under-pressure",
    whenUnreachable: "refuse",
  } as const;
  return { ...stage, challenge };
}
