import type { Country } from "../policy/destinations.ts";
import { LIMITS, type ScopeLimit, type ScopeMode } from "../policy/limits.ts";
import { clientScopes } from "./client.ts";
import { mac } from "./code.ts";
import { isScopeKey, type Phone, type ScopeKey, wellFormed } from "./identifiers.ts";
import type { Key, Random, ScopeOutcome } from "./ports.ts";
import { type Layouts, shardsAt } from "./shards.ts";
import type { Instant } from "./verification.ts";

/** What unverified sends are booked on. */
export type ScopeKind = keyof typeof LIMITS.unverifiedSends;

/** The rows of a stage. */
export type ScopeLimits = Readonly<Record<ScopeKind, ScopeLimit>>;

/** What a stage decides of its scopes. */
export type ScopeTerms = {
  readonly limits: ScopeLimits;
  /** The country whose people the service is for. */
  readonly homeCountry: Country;
  /** Items that the stage wants a counter of a country or of the service spread over. Each holds its share of the limit. See shards.ts. */
  readonly shards: number;
};

/** One scope of a send: its row, and what stands for it in keys and logs. */
export type Scope = { readonly kind: ScopeKind; readonly pseudonym: string };

/** One window of one scope. Its key holds no readable address and no readable number. */
export type ScopeWindow = Scope & {
  readonly key: ScopeKey;
  readonly mode: ScopeMode;
  readonly max: number;
  /** How far approvals may pay ahead: one limit. */
  readonly minimum: number;
  readonly endsAt: Instant;
};

/** One window with what became of a send in it. */
export type Counted = ScopeWindow & { readonly charge: ScopeOutcome };

/** What a window owes with the send in it; nothing that counts where it was not booked. */
export function unverifiedIn(charge: ScopeOutcome): number {
  // Stryker disable next-line ConditionalExpression: an unverified send that is not there is above no limit, and nor is 0
  return charge.kind === "counted" ? charge.unverified : 0;
}

type Sending = {
  readonly clientAddress: string | undefined;
  readonly to: Phone;
  readonly country: Country;
};

/** Whose counters are shared by so many that one item may not carry them (DynamoDB writes 1,000 times a second to one). */
const OF_MANY: ReadonlySet<string> = new Set<ScopeKind>(["country", "home-country", "service"]);

/** How many of the last digits neighbours differ by: ten thousand numbers are the smallest block that plans hand out. */
const RANGE_DIGITS = 4;

/** The scopes of one send: those of its client, and those that many share, the neighbours of its number, its country and the service. */
export type SendScopes = {
  readonly client: readonly Scope[];
  readonly shared: readonly Scope[];
};

export function scopesOf(
  key: Key,
  { homeCountry }: Pick<ScopeTerms, "homeCountry">,
  { clientAddress, to, country }: Sending,
): SendScopes {
  return {
    client: clientScopes(clientAddress).map(({ kind, address }) => clientScope(key, kind, address)),
    shared: [
      rangeScope(key, to.slice(0, -RANGE_DIGITS)),
      countryScope(country, homeCountry),
      { kind: "service", pseudonym: "all" },
    ],
  };
}

/** The narrowest scope of a client: what its wrong guesses are told apart by. */
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
  /** Those in force; without them the shards that the stage wants. */
  readonly layouts?: Layouts | undefined;
};

/** The windows that `now` falls into, of the scopes that are counted, each on one of its shards. */
export function windowsAt(
  scopes: readonly Scope[],
  terms: ScopeTerms,
  { random, ...at }: At & { readonly random: Pick<Random, "integer"> },
): readonly ScopeWindow[] {
  return scopes
    .filter(({ kind }) => terms.limits[kind].mode !== "off")
    .map((scope) => {
      const shards = shardsOf(scope, terms, at);
      return windowAt(scope, terms, { ...at, shard: shards > 1 ? random.integer(shards) : 0 });
    });
}

/** How many shards the window that holds `now` has, from its start to its end. */
export function shardsOf({ kind }: Scope, terms: ScopeTerms, { now, layouts }: At): number {
  if (!OF_MANY.has(kind)) return 1;
  if (layouts === undefined) return terms.shards;
  const windowMs = terms.limits[kind].windowSeconds * 1_000;
  return shardsAt(layouts, Math.floor(now / windowMs) * windowMs).scopes;
}

/** What a scope is blocked and counted under. It names the subject alone, so it means the same whatever a stage counts, and which country is its first. */
export function subjectName({ kind, pseudonym }: Scope): string {
  return `${kind === "home-country" ? "country" : kind}#${pseudonym}`;
}

/** What an approval takes off one window that its start was booked on. */
export function decrementFor(key: ScopeKey): number {
  const [kind = ""] = key.split("#");
  return OF_MANY.has(kind) ? LIMITS.decrementPerSharedApproval : LIMITS.decrementPerApproval;
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
  const key = wellFormed(`${name}#${window}`, isScopeKey, "a scope's kind, name and window");
  const share = Math.ceil(max / shardsOf(scope, terms, at));
  return {
    ...scope,
    key,
    mode,
    max: share,
    minimum: -share,
    endsAt: (window + 1) * windowSeconds * 1_000,
  };
}
