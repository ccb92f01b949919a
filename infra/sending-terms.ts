import type { Country } from "../functions/policy/destinations.ts";
import { eachScope, LIMITS, type ScopeLimit } from "../functions/policy/limits.ts";
import { type ChannelPrices, PRICES } from "../functions/policy/prices.ts";
import type { StageChallenge } from "../functions/runtime/terms.ts";
import { OWN_APP } from "../functions/verification/identifiers.ts";
import type { ScopeKind, ScopeLimits, ScopeTerms } from "../functions/verification/scopes.ts";
import type { Cap, SpendTerms } from "../functions/verification/spend.ts";
import { ROUTES, sendShare } from "./routes.ts";
import type { Stage } from "./stage.ts";

/**
 * The gateway's limit in a region unless AWS has raised it, whatever the stages set.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const GATEWAY_REQUESTS_PER_SECOND = 10_000;

/** Half of the 1,000 units that DynamoDB writes in a second to one item: shards are drawn at random, and not evenly. */
const UNITS_PER_SHARD_AND_SECOND = 500;

/**
 * A send writes the counters of a day once, and once more when it is approved. A third write is for the other half: where a counter is at its
 * minimum, or a message was refused, whose money and count are released apart.
 */
const WRITES_PER_SEND = 2;

/** The bytes of an item that one unit writes, and those of its key, mark and end. */
const UNIT_BYTES = 1_024;
const FIXED_BYTES = 64;

/** A number of sixteen digits, and one of five below zero, beside the name of its counter. */
const MONEY_BYTES = 9;
const SENDS_BYTES = 5;

/** The share of the total for a country without its own cap. The home country may use all of it. */
const SHARE_OF_A_COUNTRY = 0.1;

const MICROS = 1_000_000;

/** The most sends in a second: each method that sends has the throttle of sends for itself. */
function sendsPerSecond({ sendThrottle }: Pick<Stage, "sendThrottle">): number {
  const throttles = ROUTES.reduce((sum, route) => sum + sendShare(route), 0);
  return Math.min(GATEWAY_REQUESTS_PER_SECOND, throttles * sendThrottle.requestsPerSecond);
}

/** The number of items over which the throttles require the counters of a day to spread. */
function shardsOf(stage: Stage): number {
  return Math.ceil(
    (sendsPerSecond(stage) * WRITES_PER_SEND * unitsPerWrite(stage)) / UNITS_PER_SHARD_AND_SECOND,
  );
}

/** The item of a day grows by country and app, and DynamoDB writes an item as a whole. Names as in functions/adapters/dynamodb/spend.ts at 23:59; a test measures it. */
function unitsPerWrite({ countries, knownNumbers, apps, scopes }: Stage): number {
  const places = ["total", ...countries].flatMap((name) => [name, `${name}-22`, `${name}-23`]);
  const ofApps =
    apps === undefined ? [] : [OWN_APP, ...Object.keys(apps)].map((app) => `app-${app}`);
  const money = [...places, ...ofApps];
  const known = knownNumbers === undefined ? [] : money.map((name) => `known-${name}`);
  const hasDay = (["country", "home-country"] as const).some(
    (kind) => scopes?.[kind]?.maxPerDay !== undefined,
  );
  const ofCountry = ["w22", "w23", "wm", ...(hasDay ? ["d", "dm"] : [])];
  const sends = [
    ...["w22", "w23", "wm", "d", "dm", "s22", "s23", "s"],
    ...countries.flatMap((country) => ofCountry.map((name) => `${country}${name}`)),
  ];
  const bytes = (names: readonly string[], each: number) =>
    names.join("").length + names.length * each;
  const all = FIXED_BYTES + bytes([...money, ...known], MONEY_BYTES) + bytes(sends, SENDS_BYTES);
  return Math.ceil(all / UNIT_BYTES);
}

/** The limits of unverified sends: those of limits.ts, or the stage's. */
export function scopeTermsOf(stage: Stage): ScopeTerms {
  return { limits: limitsOf(stage), homeCountry: homeOf(stage) };
}

/** The same for a variable of the environment: without the limits that limits.ts has. */
export function scopeTermsVariable(stage: Stage) {
  const { limits, ...terms } = scopeTermsOf(stage);
  const changed = Object.entries(limits).map(([kind, row]) => [kind, ownFields(row, usual(kind))]);
  return { ...terms, limits: Object.fromEntries(changed) };
}

function usual(kind: string): Readonly<Record<string, unknown>> {
  const rows: Readonly<Record<string, Readonly<Record<string, unknown>>>> = LIMITS.unverifiedSends;
  return rows[kind] ?? {};
}

function ownFields(row: ScopeLimit, usualRow: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(row).filter(([name, value]) => usualRow[name] !== value),
  );
}

/**
 * The most unverified sends of the home country, and of all countries, as a share of the messages that an hour's cap buys. A limit above the
 * money for strangers has no effect: the cap would pause them first. Two in five leave room for the unverified sends of a busy hour in which
 * messages arrive a quarter of an hour late.
 */
const SHARES_OF_AN_HOUR = { "home-country": 0.4, service: 0.5 } as const;

function limitsOf(stage: Stage): ScopeLimits {
  const { scopes = {} } = stage;
  const limit = (kind: ScopeKind) => ({ ...LIMITS.unverifiedSends[kind], ...scopes[kind] });
  const limitOfAll = (kind: keyof typeof SHARES_OF_AN_HOUR) => {
    const { max, ...row } = limit(kind);
    const affordable = Math.ceil(messagesAnHour(stage) * SHARES_OF_AN_HOUR[kind]);
    return { ...row, max: scopes[kind]?.max ?? Math.min(max, affordable) };
  };
  return {
    ...eachScope(limit),
    "home-country": limitOfAll("home-country"),
    service: { ...limitOfAll("service"), ...askedFrom(stage) },
  };
}

/** Messages to the home country in an hour, of all callers. */
function messagesAnHour(stage: Stage): number {
  return messagesFor(stage, ({ perHourMicros }) => perHourMicros);
}

function messagesFor(stage: Stage, capOf: (cap: Cap) => number): number {
  const { prices, total, knownShare } = spendTermsOf(stage);
  const price = prices[homeOf(stage)]?.sms;
  return price === undefined ? Number.POSITIVE_INFINITY : (capOf(total) * (1 - knownShare)) / price;
}

/**
 * The unverified sends of a day from which every start needs the challenge: a tenth of the messages that the day's cap buys. People leave about
 * one in nine unverified, and a day's cap is twice what a day needs. Simulated at 200, 2,000 and 200,000 sign-ins a day.
 */
const SHARE_OF_A_DAY = 0.1;

function askedFrom(stage: Stage): Pick<ScopeLimit, "askPerDay" | "askSends"> {
  const perDay = Math.floor(messagesFor(stage, ({ perDayMicros }) => perDayMicros));
  const { askPerDay } = LIMITS.unverifiedSends.service;
  return {
    askPerDay: Math.max(askPerDay, Math.ceil(perDay * SHARE_OF_A_DAY)),
    askSends: { perWindow: Math.floor(messagesAnHour(stage)), perDay },
  };
}

/** The share of the day's cap that so many messages to the home country cost. */
export function knownShareOf({
  countries: [home = "GB"],
  prices,
  spend,
  knownNumbers,
}: Stage): number {
  const listed: Partial<Readonly<Record<Country, ChannelPrices>>> = PRICES.destinations;
  const price = (prices?.[home] ?? listed[home])?.sms ?? 0;
  return ((knownNumbers?.perDay ?? 0) * price) / (spend.dollarsPerDay * MICROS);
}

/** The caps of a stage in millionths, with the price of every country that it opens. */
export function spendTermsOf(stage: Stage): SpendTerms {
  const { spend, countries } = stage;
  const listed: Partial<Readonly<Record<Country, ChannelPrices>>> = PRICES.destinations;
  const away = countries.filter((country) => country !== homeOf(stage));
  return {
    total: capOf(spend),
    countries: {
      ...Object.fromEntries(away.map((country) => [country, capOf(spend, SHARE_OF_A_COUNTRY)])),
      ...Object.fromEntries(
        Object.entries(spend.countries ?? {}).map(([country, cap]) => [country, capOf(cap)]),
      ),
    },
    keptForTickets: spend.keptForTickets,
    knownShare: knownShareOf(stage),
    prices: Object.fromEntries(
      countries.flatMap((country) => {
        const price = stage.prices?.[country] ?? listed[country];
        return price === undefined ? [] : [[country, price]];
      }),
    ),
    shards: shardsOf(stage),
  };
}

function capOf(
  { dollarsPerHour, dollarsPerDay }: Pick<Stage["spend"], "dollarsPerHour" | "dollarsPerDay">,
  share = 1,
): Cap {
  return {
    perHourMicros: Math.round(dollarsPerHour * share * MICROS),
    perDayMicros: Math.round(dollarsPerDay * share * MICROS),
  };
}

/** The action that a token must have been made for. reCAPTCHA takes no hyphen in one: https://developers.google.com/recaptcha/docs/v3#actions */
const CHALLENGE_ACTION = "latchkey_start";

export function challengeOf(stage: Stage): StageChallenge | undefined {
  const { challenge, allowedOrigins, apps = {} } = stage;
  if (challenge === undefined || "off" in challenge) return undefined;
  const origins = [allowedOrigins, ...Object.values(apps).map((app) => app.allowedOrigins)].flat();
  const hosts = origins.map((origin) => new URL(origin).hostname);
  return { ...challenge, action: CHALLENGE_ACTION, hosts };
}

function homeOf({ countries }: Stage): Country {
  const [home] = countries;
  if (home === undefined) throw new Error("a stage has a country");
  return home;
}
