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

/** What is counted together: the clients behind one address, ten thousand neighbours, or a country. */
export type ScopeTarget =
  | { readonly kind: "client"; readonly scope: ClientKind; readonly address: string }
  | { readonly kind: "range"; readonly prefix: string }
  | { readonly kind: "country"; readonly country: Country };

/** What can be blocked. */
export type BlockTarget = { readonly kind: "number"; readonly to: Phone } | ScopeTarget;

/**
 * The last four digits of a number, left open. Where all mobiles of a code are of one length (Ofcom: +44 and ten; NANPA: +1 and ten), no other is a
 * range: a digit too few would close what no number is in, and say that it is closed.
 */
const RANGE = /^((?:\+44\d{6})|(?:\+1\d{6})|(?:\+(?!44|1)[1-9]\d{2,10}))\*{4}$/;

/**
 * A number in E.164, the neighbours of one (`+44770090****`), a country (`FR`), an IPv4 address, or an IPv6 address, by its /64 where no other
 * range is named. Anything else is none.
 */
export function blockTarget(text: string): BlockTarget | undefined {
  if (isE164(text)) return { kind: "number", to: text };
  const prefix = RANGE.exec(text)?.[1];
  if (prefix !== undefined) return { kind: "range", prefix };
  return isCountryCode(text) ? { kind: "country", country: text } : clientTarget(text);
}

/** By its form. Whether there is such a country, and whether it is open, is for whoever knows the stage. */
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
  return Array.from({ length: shardsOf(scope, terms, at) }, (_, shard) =>
    windowAt(scope, terms, { ...at, shard }),
  );
}
