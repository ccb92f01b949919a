import type { Country } from "../policy/destinations.ts";
import { LIMITS, type ScopeLimit, type ScopeMode } from "../policy/limits.ts";
import { clientScopes } from "./client.ts";
import { mac } from "./code.ts";
import { isScopeKey, type Phone, type ScopeKey, wellFormed } from "./identifiers.ts";
import { DAY_MS, elapsedOfDay, paceOfDay } from "./pace.ts";
import type { Key, ScopeDecrement, ScopeOutcome, ScopeStore, Sends } from "./ports.ts";
import { type Layouts, shardsAt } from "./shards.ts";
import type { SpendStore } from "./spend.ts";
import type { Instant } from "./verification.ts";

/** The kinds of scopes that count unverified sends. */
export type ScopeKind = keyof typeof LIMITS.unverifiedSends;

/** The rows of a stage. */
export type ScopeLimits = Readonly<Record<ScopeKind, ScopeLimit>>;

/** The settings of a stage for its scopes. */
export type ScopeTerms = {
  readonly limits: ScopeLimits;
  /** The country whose people the service is for. */
  readonly homeCountry: Country;
};

/** One scope of a send: its row, and its name in keys and logs. */
export type Scope = { readonly kind: ScopeKind; readonly pseudonym: string };

/** One window of one scope. Its key holds no readable address and no readable number. */
export type ScopeWindow = Scope & {
  readonly key: ScopeKey;
  readonly mode: ScopeMode;
  readonly max: number;
  /** The lowest value to which approvals decrement: one limit below zero. */
  readonly minimum: number;
  readonly endsAt: Instant;
  /** Of the UTC day, where the scope has a row for it. */
  readonly day: DayWindow | undefined;
};

/** The most unverified sends of one scope in a UTC day; it shares the item of the day's windows. */
type DayWindow = {
  readonly max: number | undefined;
  readonly maxUnderPressure: number;
  /** From this count on the challenge is required. */
  readonly askFrom: number;
  /** The same of all sends of the window and of the day. */
  readonly askFromSends: Sends | undefined;
  readonly minimum: number;
  readonly endsAt: Instant;
};

/** One window, and the result of counting a send in it. */
export type Counted = ScopeWindow & { readonly charge: ScopeOutcome };

/** The count of a window with the send in it; 0 if it was not counted. */
export function unverifiedIn(charge: ScopeOutcome): number {
  // Stryker disable next-line ConditionalExpression: an unverified send that is not there is above no limit, and nor is 0
  return charge.kind === "full" ? 0 : charge.unverified;
}

/** The count of a scope in the UTC day with the send in it; 0 if it has no row for the day. */
export function unverifiedToday({ charge }: Pick<Counted, "charge">): number {
  return charge.kind === "full" ? 0 : (charge.today ?? 0);
}

type Sending = {
  readonly clientAddress: string | undefined;
  readonly to: Phone;
  readonly country: Country;
  /** Of an API key, whose messages are counted by themselves: it needs no client to be counted by. */
  readonly app?: string | undefined;
};

/** Scopes with so many sends that one item is too slow (DynamoDB writes 1,000 times a second to one). */
const OF_MANY: ReadonlySet<string> = new Set<ScopeKind>(["country", "home-country", "service"]);

/** The digits in which the numbers of a range differ: numbering plans assign no smaller blocks than ten thousand. */
export const RANGE_DIGITS = 4;

/** The scopes of one send: those of its client, and those that many share, the neighbours of its number, its country and the service. */
export type SendScopes = { readonly client: readonly Scope[]; readonly shared: readonly Scope[] };

export function scopesOf(
  key: Key,
  { homeCountry }: Pick<ScopeTerms, "homeCountry">,
  { clientAddress, to, country, app }: Sending,
): SendScopes {
  const clients =
    app !== undefined && clientAddress === undefined ? [] : clientScopes(clientAddress);
  return {
    client: clients.map(({ kind, address }) => clientScope(key, kind, address)),
    shared: [
      rangeScope(key, to.slice(0, -RANGE_DIGITS)),
      countryScope(country, homeCountry),
      { kind: "service", pseudonym: "all" },
    ],
  };
}

/** The narrowest scope of a client: wrong guesses are distinguished by it. */
export function clientOf(key: Key, address: string | undefined): Scope {
  const [{ kind, address: narrowest }] = clientScopes(address);
  return clientScope(key, kind, narrowest);
}

export function clientScope(
  key: Key,
  kind: ReturnType<typeof clientScopes>[number]["kind"],
  address: string,
): Scope {
  return { kind, pseudonym: mac(key, ["client", kind, address]) };
}

/** `prefix` is a number without its last four digits. */
export function rangeScope(key: Key, prefix: string): Scope {
  return { kind: "range", pseudonym: mac(key, ["range", prefix]) };
}

export function countryScope(country: Country, homeCountry: Country): Scope {
  return { kind: country === homeCountry ? "home-country" : "country", pseudonym: country };
}

type At = {
  readonly now: Instant;
  /** Those in force; without them there is one shard. */
  readonly layouts?: Layouts | undefined;
};

/** The windows that `now` falls into, of the scopes that are counted: those that all share on one shard, that of the money beside them. */
export function windowsAt(
  scopes: readonly Scope[],
  terms: ScopeTerms,
  { shard = 0, ...at }: At & { readonly shard?: number | undefined },
): readonly ScopeWindow[] {
  return scopes
    .filter(({ kind }) => terms.limits[kind].mode !== "off")
    .map((scope) => windowAt(scope, terms, { ...at, shard: OF_MANY.has(scope.kind) ? shard : 0 }));
}

/** How many shards the windows of the day that holds `now` have, from its start to its end: as many as its money. */
export function shardsOf({ kind }: Scope, { now, layouts = [] }: At): number {
  return OF_MANY.has(kind) ? shardsAt(layouts, now) : 1;
}

/** The name of a scope in blocks and counters. It holds the subject alone, so it stays the same when a stage counts other scopes or has another first country. */
export function subjectName({ kind, pseudonym }: Scope): string {
  return `${kind === "home-country" ? "country" : kind}#${pseudonym}`;
}

/** The amounts that an approval subtracts from one window that counted its start, and from the day of it. */
export function decrementFor(key: ScopeKey): Decrement {
  return isShared(key)
    ? { window: LIMITS.decrementPerSharedApproval, day: 1 }
    : { window: LIMITS.decrementPerApproval, day: LIMITS.decrementPerApproval };
}

export type Decrement = { readonly window: number; readonly day: number };

/** Whether an approval decrements a window that its start counted. A range keeps its only unverified send, which saves a write; not one with a small limit. */
export function isDecremented({ kind, max }: ScopeWindow, unverified: number): boolean {
  return kind !== "range" || unverified !== 1 || max < LIMITS.unverifiedSends.range.max;
}

/** Whether a window is one of those that all share. */
export function isShared(key: ScopeKey): boolean {
  const [kind = ""] = key.split("#");
  return OF_MANY.has(kind);
}

const HOUR_MS = LIMITS.unverifiedSends.service.windowSeconds * 1_000;

/**
 * The place of a window that all share among the counters of a day: nothing as its country for the service; `hasDay` where its day is counted
 * as well.
 */
export function sharedPlaceOf(key: ScopeKey) {
  const [kind, pseudonym = "", window, slot] = key.split("#");
  const [name = "", shard = 0] = pseudonym.split("-");
  const slots = DAY_MS / HOUR_MS;
  const place = { country: kind === "service" ? "" : name, shard: Number(shard) };
  return slot === undefined
    ? {
        ...place,
        dayStart: Math.floor(Number(window) / slots) * DAY_MS,
        slot: Number(window) % slots,
        hasDay: false,
      }
    : { ...place, dayStart: Number(window) * DAY_MS, slot: Number(slot), hasDay: true };
}

/** The item that holds a window: of its own, or that of its day. */
export function itemOf(key: ScopeKey): {
  readonly item: string;
  readonly slot: string | undefined;
} {
  const [kind, pseudonym, window, slot] = key.split("#");
  return { item: `${kind}#${pseudonym}#${window}`, slot };
}

/** One window of one shard. */
export function windowAt(
  scope: Scope,
  terms: ScopeTerms,
  { shard, ...at }: At & { readonly shard: number },
): ScopeWindow {
  const { now } = at;
  const { max, windowSeconds, mode } = terms.limits[scope.kind];
  const window = Math.floor(now / (windowSeconds * 1_000));
  const name = shard === 0 ? subjectName(scope) : `${subjectName(scope)}-${shard}`;
  const shards = shardsOf(scope, at);
  const ofShard = (all: number) => shareOf(Math.ceil(all), { shard, shards });
  const day = dayWindow(scope, terms, now, ofShard);
  const slots = DAY_MS / (windowSeconds * 1_000);
  const place = day === undefined ? window : `${Math.floor(window / slots)}#${window % slots}`;
  const key = wellFormed(`${name}#${place}`, isScopeKey, "a scope's kind, name and window");
  const share = ofShard(max);
  return {
    ...scope,
    key,
    mode,
    max: share,
    minimum: -share,
    endsAt: (window + 1) * windowSeconds * 1_000,
    day,
  };
}

/** The part of a limit on one shard. Together they hold the limit; one that is smaller than their number is one on each. */
function shareOf(
  max: number,
  { shard, shards }: { readonly shard: number; readonly shards: number },
): number {
  if (max < shards) return Math.ceil(max / shards);
  const upTo = (end: number) => Math.floor((max * end) / shards);
  return upTo(shard + 1) - upTo(shard);
}

function dayWindow(
  { kind }: Scope,
  terms: ScopeTerms,
  now: Instant,
  share: (all: number) => number,
): DayWindow | undefined {
  const {
    maxPerDay,
    askPerDay,
    askSends,
    maxUnderPressure = Number.POSITIVE_INFINITY,
  } = terms.limits[kind];
  if (maxPerDay === undefined && askPerDay === undefined) return undefined;
  const { askedAtMidnight } = LIMITS;
  const grown = askedAtMidnight + (1 - askedAtMidnight) * elapsedOfDay(now);
  return {
    max: maxPerDay === undefined ? undefined : share(maxPerDay),
    maxUnderPressure,
    askFrom:
      askPerDay === undefined
        ? share((maxPerDay ?? 0) * LIMITS.challengeFromShareOfLimit)
        : share(askPerDay * grown),
    askFromSends: askSends && {
      window: share(askSends.perWindow * LIMITS.pace.hour),
      day: share(askSends.perDay * paceOfDay(now)),
    },
    // The minimum is 0 for a counter that refuses nothing.
    minimum: maxPerDay === undefined ? 0 : -share(maxPerDay),
    endsAt: (Math.floor(now / DAY_MS) + 1) * DAY_MS,
  };
}

/** One write for all windows that all share, and one for each other. */
export function subtracted(
  {
    scopes,
    spend,
  }: {
    readonly scopes: Pick<ScopeStore, "decrement">;
    readonly spend: Pick<SpendStore, "decrement">;
  },
  decrements: readonly ScopeDecrement[],
): readonly Promise<void>[] {
  const shared = decrements.filter(({ key }) => isShared(key));
  const own = decrements.filter(({ key }) => !isShared(key)).map((one) => scopes.decrement(one));
  return shared.length === 0 ? own : [...own, spend.decrement(shared)];
}
