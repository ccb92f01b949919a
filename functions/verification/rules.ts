import { LIMITS, type SendLimit } from "../policy/limits.ts";
import type { NumberRecord, TurnTicket } from "./ports.ts";
import { isInvalidTicket } from "./turns.ts";
import type { Instant } from "./verification.ts";

/**
 * The rules of numbers in plain code: the same decisions as the conditions of their store. For past traffic (`npm run ops -- replay`) and tests. One
 * suite of facts checks both.
 */

export const UNKNOWN_NUMBER: NumberRecord = { turns: [], failures: 0 };

/** The record of a number after a turn, or nothing if it may not take one. */
export function turnTaken(
  record: NumberRecord,
  { now, ticket }: { readonly now: Instant; readonly ticket: TurnTicket | undefined },
  rows: readonly SendLimit[],
): NumberRecord | undefined {
  const isBlocked = (record.blockedUntil ?? 0) > now;
  const isLocked =
    ticket === undefined ? hasFailedTooOften(record, now) : isInvalidTicket(record, ticket);
  const isFull = rows.some(({ max, windowSeconds }) => {
    const turn = record.turns[max - 1] ?? Number.NEGATIVE_INFINITY;
    return turn > now - windowSeconds * 1_000;
  });
  if (isBlocked || isLocked || isFull) return undefined;
  const turns = [now, ...record.turns].slice(0, LIMITS.turnsRemembered);
  if (ticket === undefined) return { ...record, turns };
  return { ...record, turns, ticketTurns: (record.ticketTurns ?? 0) + 1 };
}

/** The record of a number that returns its newest turn, and the ticket's turn with it. */
export function turnReturned(
  record: NumberRecord,
  turn: Instant,
  ticket?: TurnTicket,
): NumberRecord | undefined {
  if (record.turns[0] !== turn) return undefined;
  const turns = record.turns.slice(1);
  if (ticket === undefined) return { ...record, turns };
  return { ...record, turns, ticketTurns: Math.max(0, (record.ticketTurns ?? 0) - 1) };
}

/** The record of a number whose newest turn went to a definitely failed message, and that hands it on once. */
export function turnReplaced(
  record: NumberRecord,
  { failed, now }: { readonly failed: Instant; readonly now: Instant },
): NumberRecord | undefined {
  const isShut = (record.blockedUntil ?? 0) > now || hasFailedTooOften(record, now);
  if (isShut || record.turns[0] !== failed || record.handedOn === failed) return undefined;
  return { ...record, turns: [now, ...record.turns.slice(1)], handedOn: now };
}

/** The record of a number after a wrong code. */
export function failureAdded(record: NumberRecord, now: Instant): NumberRecord {
  const failures = isForgotten(record, now) ? 1 : record.failures + 1;
  return { ...record, failures, failedAt: now };
}

/** The record of a number after an approval. */
export function failuresCleared(
  { failedAt: _, ticketTurns: __, ...record }: NumberRecord,
  now: Instant,
): NumberRecord {
  return { ...record, failures: 0, provenAt: record.provenAt ?? now };
}

function hasFailedTooOften(record: NumberRecord, now: Instant): boolean {
  return record.failures >= LIMITS.consecutiveFailures && !isForgotten(record, now);
}

/** Whether the failures of a number no longer count, since the last one is `LIMITS.failureMemorySeconds` old or older. Failures without a time count. */
export function isForgotten(
  { failedAt = Number.POSITIVE_INFINITY }: Pick<NumberRecord, "failedAt">,
  now: Instant,
): boolean {
  return failedAt <= now - LIMITS.failureMemorySeconds * 1_000;
}
