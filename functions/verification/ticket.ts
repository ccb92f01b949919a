import { timingSafeEqual } from "node:crypto";
import { mac } from "./code.ts";
import { isTicket, type Mac, type Ticket, wellFormed } from "./identifiers.ts";
import type { Key, TurnTicket } from "./ports.ts";
import type { Instant } from "./verification.ts";

/**
 * The returning ticket of an approval, which identifies the owner when a stranger has used up the turns of the number: a MAC over the number's
 * pseudonym and the moment. It holds nothing readable, works for that number alone, and proves nothing to others.
 */
export function issueTicket(key: Key, number: Mac, issuedAt: Instant): Ticket {
  const seconds = Math.floor(issuedAt / 1_000).toString(36);
  const ticket = `${seconds}.${ticketMac(key, number, seconds)}`;
  return wellFormed(ticket, isTicket, "a moment and a MAC");
}

/** When a ticket was issued; nothing for one of another number, an expired or a malformed one, which then counts as none. */
export function openTicket(
  key: Key,
  number: Mac,
  // Stryker disable next-line StringLiteral: any text that is no ticket is as if none was sent
  {
    ticket = "",
    now,
    lifetimeSeconds,
  }: {
    readonly ticket: string | undefined;
    readonly now: Instant;
    readonly lifetimeSeconds: number;
  },
): TurnTicket | undefined {
  if (!isTicket(ticket)) return undefined;
  const dot = ticket.indexOf(".");
  const seconds = ticket.slice(0, dot);
  const given = Buffer.from(ticket.slice(dot + 1));
  if (!timingSafeEqual(given, Buffer.from(ticketMac(key, number, seconds)))) return undefined;
  const issuedAt = Number.parseInt(seconds, 36) * 1_000;
  return issuedAt + lifetimeSeconds * 1_000 > now ? { issuedAt } : undefined;
}

function ticketMac(key: Key, number: Mac, seconds: string): Mac {
  return mac(key, ["ticket", number, seconds]);
}
