import { isIP } from "node:net";
import { LIMITS } from "../policy/limits.ts";
import { mac } from "./code.ts";
import { isScopeKey, type ScopeKey } from "./identifiers.ts";
import type { Key } from "./ports.ts";
import type { Instant } from "./verification.ts";

/** Who asks, as far as the network tells. */
type ClientKind = keyof typeof LIMITS.startsPerClient;
type ClientScope = { readonly kind: ClientKind; readonly address: string };

/** One window of one scope: its key holds no readable address. */
export type ScopeWindow = {
  readonly key: ScopeKey;
  readonly floor: number;
  readonly endsAt: Instant;
};

/**
 * The scopes of unproven debt of a client, from the address of its connection and from nothing that it says of itself.
 * An IPv6 client counts by /64 and by /48, since whoever has one address has 2^64 of them. No address is one shared scope, not no limit.
 */
export function clientScopes(address: string | undefined): readonly ClientScope[] {
  const family = address === undefined ? 0 : isIP(address);
  if (address === undefined || family === 0) return [{ kind: "client-unknown", address: "" }];
  if (family === 4) return [{ kind: "ipv4", address }];
  const groups = ipv6Groups(address);
  const mapped = mappedIpv4(groups);
  if (mapped !== undefined) return [{ kind: "ipv4", address: mapped }];
  return [
    { kind: "ipv6-64", address: groups.slice(0, 4).join(":") },
    { kind: "ipv6-48", address: groups.slice(0, 3).join(":") },
  ];
}

/** The windows of a client that `now` falls into. */
export function clientWindows(
  key: Key,
  address: string | undefined,
  now: Instant,
): readonly ScopeWindow[] {
  return clientScopes(address).map((scope) => {
    const { floor, windowSeconds } = LIMITS.startsPerClient[scope.kind];
    const window = Math.floor(now / (windowSeconds * 1_000));
    const scopeKey = `${scope.kind}#${mac(key, ["client", scope.kind, scope.address])}#${window}`;
    if (!isScopeKey(scopeKey))
      throw new Error("a kind of scope is lower-case letters, digits and hyphens");
    return { key: scopeKey, floor, endsAt: (window + 1) * windowSeconds * 1_000 };
  });
}

/** The eight groups of a valid IPv6 address, each in its shortest form. The URL parser folds case, zeros and dotted tails (WHATWG URL §3.5). */
function ipv6Groups(address: string): readonly string[] {
  const withoutZone = address.split("%")[0] ?? "";
  const canonical = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const left = head === "" ? [] : head.split(":");
  if (tail === undefined) return left;
  const right = tail === "" ? [] : tail.split(":");
  return [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
}

/** `::ffff:a.b.c.d` is the IPv4 address in it (RFC 4291 §2.5.5.2). */
function mappedIpv4(groups: readonly string[]): string | undefined {
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return undefined;
  const bytes = groups.slice(6).flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join(".");
}
