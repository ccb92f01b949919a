import type { Country } from "../policy/destinations.ts";
import { type ClientKind, clientScopes } from "./client.ts";
import { isE164, type Phone } from "./identifiers.ts";
import type { Key } from "./ports.ts";
import {
  clientScope,
  countryScope,
  rangeScope,
  type Scope,
  type ScopeTerms,
  type ScopeWindow,
  shardsOf,
  windowAt,
} from "./scopes.ts";
import type { Layouts } from "./shards.ts";
import type { Instant } from "./verification.ts";

/** The subjects that are counted together: the clients of one address, a range of ten thousand numbers, or a country. */
export type ScopeTarget =
  | { readonly kind: "client"; readonly scope: ClientKind; readonly address: string }
  | { readonly kind: "range"; readonly prefix: string }
  | { readonly kind: "country"; readonly country: Country };

/** The subjects that can be blocked. */
export type BlockTarget = { readonly kind: "number"; readonly to: Phone } | ScopeTarget;

/**
 * A number without its last four digits. If all mobile numbers of a code have one length (Ofcom: +44 and ten; NANPA: +1 and ten), only that
 * length is a range: with a digit too few an operator would block no number and believe otherwise.
 */
const RANGE = /^((?:\+44\d{6})|(?:\+1\d{6})|(?:\+(?!44|1)[1-9]\d{2,10}))\*{4}$/;

/**
 * A number in E.164, a range (`+44770090****`), a country (`FR`), an IPv4 address, or an IPv6 address, by its /64 if no other prefix is given.
 * Anything else is none.
 */
export function blockTarget(text: string): BlockTarget | undefined {
  if (isE164(text)) return { kind: "number", to: text };
  const prefix = RANGE.exec(text)?.[1];
  if (prefix !== undefined) return { kind: "range", prefix };
  return isCountryCode(text) ? { kind: "country", country: text } : clientTarget(text);
}

/** Checks the form only. The caller knows which countries exist and are open. */
function isCountryCode(text: string): text is Country {
  return /^[A-Z]{2}$/.test(text);
}

function clientTarget(text: string): BlockTarget | undefined {
  const [address = "", range, ...more] = text.split("/");
  const scopes = clientScopes(address).filter(({ kind }) => kind !== "client-unknown");
  const scope =
    range === undefined ? scopes[0] : scopes.find(({ kind }) => kind === `ipv6-${range}`);
  if (scope === undefined || more.length > 0) return undefined;
  return { kind: "client", scope: scope.kind, address: scope.address };
}

export function scopeOf(
  key: Key,
  target: ScopeTarget,
  { homeCountry }: Pick<ScopeTerms, "homeCountry">,
): Scope {
  switch (target.kind) {
    case "client":
      return clientScope(key, target.scope, target.address);
    case "range":
      return rangeScope(key, target.prefix);
    case "country":
      return countryScope(target.country, homeCountry);
  }
}

/** The window of a scope that holds `now`, on each of its shards. */
export function windowShards(
  scope: Scope,
  terms: ScopeTerms,
  at: { readonly now: Instant; readonly layouts: Layouts },
): readonly ScopeWindow[] {
  return Array.from({ length: shardsOf(scope, at) }, (_, shard) =>
    windowAt(scope, terms, { ...at, shard }),
  );
}
