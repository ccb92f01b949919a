import { isIP } from "node:net";

/** The kinds of clients that the network distinguishes. */
export type ClientKind = "ipv4" | "ipv6-64" | "ipv6-48" | "client-unknown";
type ClientScope = { readonly kind: ClientKind; readonly address: string };

/**
 * The scopes of unverified sends of a client, from the address of its connection and from nothing that it sends. An IPv6 client counts by /64 and
 * by /48, since each has 2^64 addresses. Clients without an address share one scope.
 */
export function clientScopes(
  // Stryker disable next-line StringLiteral: any text that is no address means that there is none
  address = "",
): readonly [ClientScope, ...ClientScope[]] {
  const family = isIP(address);
  if (family === 0) return [{ kind: "client-unknown", address: "" }];
  if (family === 4) return [{ kind: "ipv4", address }];
  const groups = ipv6Groups(address);
  const mapped = mappedIpv4(groups);
  if (mapped !== undefined) return [{ kind: "ipv4", address: mapped }];
  return [
    { kind: "ipv6-64", address: groups.slice(0, 4).join(":") },
    { kind: "ipv6-48", address: groups.slice(0, 3).join(":") },
  ];
}

/** The eight groups of a valid IPv6 address, each in its shortest form. The URL parser folds case, zeros and dotted tails (WHATWG URL §3.5). */
function ipv6Groups(address: string): readonly string[] {
  const [withoutZone = ""] = address.split("%");
  const canonical = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const left = head === "" ? [] : head.split(":");
  if (tail === undefined) return left;
  // Nothing after the colons gives one empty group, the last, which is in no scope and in no mapped address.
  const right = tail.split(":");
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
