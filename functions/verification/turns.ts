import { LIMITS, type Limits, type SendLimit } from "../policy/limits.ts";
import { DAY_MS } from "./pace.ts";
import type { NumberRecord, TurnTicket } from "./ports.ts";
import type { Instant } from "./verification.ts";

/** When a number may take its next turn, by the rows alone. `turns` are newest first. */
export function nextTurnAt(turns: readonly Instant[], rows: readonly SendLimit[]): Instant {
  const openings = rows.map(({ max, windowSeconds }) => {
    const turn = turns[max - 1];
    return turn === undefined ? 0 : turn + windowSeconds * 1_000;
  });
  return Math.max(...openings);
}

/** Why a number refused a turn, and until when. */
export type TurnRefusal = {
  readonly kind: "refused";
  readonly why: "number-locked" | "too-many-sends";
  readonly retryAt: Instant;
};

/** A lock takes precedence over a wait, since waiting does not end it. Without a record the refusal is over. */
export function turnRefusal(
  limits: TurnLimits,
  record: NumberRecord | undefined,
  { now, ticket }: { readonly now: Instant; readonly ticket?: TurnTicket | undefined },
): TurnRefusal {
  if (record === undefined) return { kind: "refused", why: "too-many-sends", retryAt: now };
  const lockEndsAt = lockedUntil(record, ticket);
  if (lockEndsAt > now) return { kind: "refused", why: "number-locked", retryAt: lockEndsAt };
  return {
    kind: "refused",
    why: "too-many-sends",
    retryAt: nextTurnAt(record.turns, rowsFor(limits, ticket)),
  };
}

/**
 * Whether the ticket is invalid: an operator revoked those of its number, or too many turns were taken with tickets since the number was
 * verified. The turn may be requested again without it.
 */
export function isInvalidTicket(
  record: NumberRecord | undefined,
  ticket: TurnTicket | undefined,
): boolean {
  if (record === undefined || ticket === undefined) return false;
  const { ticketsFrom = 0, ticketTurns = 0 } = record;
  return ticketsFrom > ticket.issuedAt || ticketTurns >= LIMITS.ticketTurnsPerApproval;
}

/**
 * The part of the shared limits that a send may use. `customer`: all of it. `known`: a share of its own, by the declaration of a back end. `later`: it yields
 * to the first sends of other numbers.
 */
export type SendPriority = "customer" | "known" | "stranger" | "later";

/** By the record with the turn of the send in it. */
export function priorityOf(
  { turns, provenAt }: Pick<NumberRecord, "turns" | "provenAt">,
  {
    ticket,
    isKnown,
    now,
  }: { readonly ticket: TurnTicket | undefined; readonly isKnown: boolean; readonly now: Instant },
): SendPriority {
  if (isKnown) return "known";
  const priority = isOldEnough(ticket, provenAt, now) ? "customer" : "stranger";
  const today = turns.filter((turn) => turn > now - DAY_MS).length;
  return today > LIMITS.firstSendsPerDay[priority] ? "later" : priority;
}

/** Whether a ticket makes its owner a customer, however many sends of the number were used today. */
export function isOldEnough(
  ticket: TurnTicket | undefined,
  provenAt: Instant = Number.POSITIVE_INFINITY,
  now: Instant,
): boolean {
  if (ticket === undefined) return false;
  return now - Math.min(ticket.issuedAt, provenAt) >= LIMITS.ticketMinimumAgeSeconds * 1_000;
}

export type TurnLimits = Pick<Limits, "sendsPerNumber" | "sendsPerNumberWithTicket">;

/** The rows of a number's limit. */
export function rowsFor(
  { sendsPerNumber, sendsPerNumberWithTicket }: TurnLimits,
  ticket: TurnTicket | undefined,
): readonly SendLimit[] {
  return ticket === undefined ? sendsPerNumber : sendsPerNumberWithTicket;
}

function lockedUntil(
  { failures, failedAt = 0, blockedUntil = 0 }: NumberRecord,
  ticket: TurnTicket | undefined,
): Instant {
  const isLocked = ticket === undefined && failures >= LIMITS.consecutiveFailures;
  return Math.max(blockedUntil, isLocked ? failedAt + LIMITS.failureMemorySeconds * 1_000 : 0);
}
