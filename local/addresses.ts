import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { isLoopbackName, LOOPBACK } from "./listening.ts";

/** The addresses of a system. */
export type Addresses = {
  /** The one that is printed. */
  readonly url: string;
  /** Every one that a page may have been loaded from. */
  readonly origins: readonly string[];
  readonly answersTo: (name: string) => boolean;
};

/** The addresses of a system that listens on `host`: this machine's alone, one of its networks, or all of them (`0.0.0.0`, `::`). */
export function addressesOf(host: string, port: number): Addresses {
  const named = (name: string): string => `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
  const local = [named("localhost"), named(LOOPBACK)];
  if (isLoopbackName(host))
    return { url: named("localhost"), origins: local, answersTo: isLoopbackName };
  const outside = isIP(host) !== 0 && isWildcard(host) ? ownAddresses() : [host];
  const names = [...outside, hostname().toLowerCase(), `${hostname().toLowerCase()}.local`];
  return {
    url: isWildcard(host) ? named(outside[0] ?? "localhost") : named(host),
    origins: [...local, ...names.map(named)],
    // A literal address is no domain name, so no other page can use it (DNS rebinding).
    answersTo: (name) =>
      isLoopbackName(name) || isIP(name.replace(/^\[|\]$/g, "")) !== 0 || names.includes(name),
  };
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((rows) => rows ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}
