import type { Deps } from "./deps.ts";

/**
 * Where the ticket of a number is kept: under 16 bits of a hash of it. Any hash of a whole number is found again by trying all numbers,
 * SHA-256 in seconds; of 16 bits, some fifteen thousand UK mobiles share each value, so the key identifies no person. Two numbers of one device share a key in 1 of 65,536 pairs; the ticket is then of no use. A polynomial in 31, the odd number of java.lang.String: it works
 * without WebCrypto, which pages on plain HTTP and React Native do not have.
 */
export function ticketKey(number: string): string {
  let hash = 0;
  for (const character of number) hash = (31 * hash + character.charCodeAt(0)) & 0xffff;
  return `latchkey-ticket-${hash.toString(16)}`;
}

type Kept = Pick<Deps, "storage">;

/**
 * A ticket is optional: a failing storage must not end a verification. The name of a forbidden or missing one throws. The API refuses a start with more
 * than 128 characters of ticket, and reads a part of one as none.
 */
export async function readTicket(deps: Kept, key: string): Promise<string | undefined> {
  try {
    const { storage = localStorage } = deps;
    return (await storage?.getItem(key))?.slice(0, 128);
  } catch {
    return undefined;
  }
}

export async function keepTicket(deps: Kept, key: string, ticket: string): Promise<void> {
  try {
    const { storage = localStorage } = deps;
    await storage?.setItem(key, ticket);
  } catch {
    // Full, or forbidden.
  }
}
