import type { LIMITS } from "../policy/limits.ts";
import { clientScopes, clientWindows, type ScopeWindow } from "./client.ts";
import { isE164, type Phone } from "./identifiers.ts";
import type { Key } from "./ports.ts";
import type { Instant } from "./verification.ts";

/** The clients behind one address, counted together. */
export type ClientTarget = {
  readonly kind: "client";
  readonly scope: keyof typeof LIMITS.startsPerClient;
  readonly address: string;
};

/** What can be closed by hand. */
export type ClosingTarget = { readonly kind: "number"; readonly to: Phone } | ClientTarget;

/** A number in E.164, an IPv4 address, or an IPv6 address, by its /64 where no other range is named. Anything else is none. */
export function closingTarget(text: string): ClosingTarget | undefined {
  if (isE164(text)) return { kind: "number", to: text };
  const [address = "", range, ...more] = text.split("/");
  const scopes = clientScopes(address).filter(({ kind }) => kind !== "client-unknown");
  const scope =
    range === undefined ? scopes[0] : scopes.find(({ kind }) => kind === `ipv6-${range}`);
  if (scope === undefined || more.length > 0) return undefined;
  return { kind: "client", scope: scope.kind, address };
}

/** The windows of a client from the one that holds `from` to the one that holds the moment before `until`, in order. */
export function windowsOf(
  key: Key,
  { scope, address }: ClientTarget,
  { from, until }: { readonly from: Instant; readonly until: Instant },
): readonly [ScopeWindow, ...ScopeWindow[]] {
  const at = (moment: Instant): ScopeWindow => {
    const found = clientWindows(key, address, moment).find((window) =>
      window.key.startsWith(`${scope}#`),
    );
    if (found === undefined) throw new Error(`an address has no ${scope}`);
    return found;
  };
  const first = at(from);
  const later: ScopeWindow[] = [];
  for (let next = first.endsAt; next < until; next = later.at(-1)?.endsAt ?? until)
    later.push(at(next));
  return [first, ...later];
}

/** `<kind>#<pseudonym>#<window>`: the middle is what stands for the address. */
export function pseudonymIn({ key }: Pick<ScopeWindow, "key">): string {
  return key.split("#")[1] ?? "";
}
