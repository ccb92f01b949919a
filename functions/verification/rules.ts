import { LIMITS, type SendLimit } from "../policy/limits.ts";
import type { NumberBook, TurnTicket } from "./ports.ts";
import type { Room } from "./spend.ts";
import { isWorthless } from "./turns.ts";
import type { Instant } from "./verification.ts";

/**
 * The rules of the stores in plain code: what they decide in their conditions, over what they have counted. For whoever plays past or made-up
 * traffic: `npm run ops -- replay` and the tests. One suite of facts holds these and the conditions to the same.
 */

/** A number of which nothing is booked. */
export const UNKNOWN_NUMBER: NumberBook = { turns: [], failures: 0 };

/** The book of a number after a turn, or nothing where it may not take one. */
export function turnTaken(
  book: NumberBook,
  { now, ticket }: { readonly now: Instant; readonly ticket: TurnTicket | undefined },
  rows: readonly SendLimit[],
): NumberBook | undefined {
  const isClosed = (book.closedUntil ?? 0) > now;
  const isLocked = ticket === undefined ? hasFailedTooOften(book, now) : isWorthless(book, ticket);
  const isFull = rows.some(({ max, windowSeconds }) => {
    const turn = book.turns[max - 1] ?? Number.NEGATIVE_INFINITY;
    return turn > now - windowSeconds * 1_000;
  });
  if (isClosed || isLocked || isFull) return undefined;
  const turns = [now, ...book.turns].slice(0, LIMITS.turnsRemembered);
  if (ticket === undefined) return { ...book, turns };
  return { ...book, turns, ticketTurns: (book.ticketTurns ?? 0) + 1 };
}

/** The book of a number whose newest turn was for nothing. */
export function turnReturned(book: NumberBook, turn: Instant): NumberBook | undefined {
  return book.turns[0] === turn ? { ...book, turns: book.turns.slice(1) } : undefined;
}

/** The book of a number whose newest turn went to a message that definitely failed, and that is handed on once to another. */
export function turnReplaced(
  book: NumberBook,
  { failed, now }: { readonly failed: Instant; readonly now: Instant },
): NumberBook | undefined {
  const isShut = (book.closedUntil ?? 0) > now || hasFailedTooOften(book, now);
  if (isShut || book.turns[0] !== failed || book.handedOn === failed) return undefined;
  return { ...book, turns: [now, ...book.turns.slice(1)], handedOn: now };
}

/** The book of a number after a wrong code. */
export function failureAdded(book: NumberBook, now: Instant): NumberBook {
  const failures = isForgotten(book, now) ? 1 : book.failures + 1;
  return { ...book, failures, failedAt: now };
}

/** The book of a number after an approval. */
export function failuresCleared({ failedAt: _, ticketTurns: __, ...book }: NumberBook): NumberBook {
  return { ...book, failures: 0 };
}

function hasFailedTooOften(book: NumberBook, now: Instant): boolean {
  return book.failures >= LIMITS.consecutiveFailures && !isForgotten(book, now);
}

/** Failures whose moment nobody wrote down are remembered. */
function isForgotten({ failedAt = Number.POSITIVE_INFINITY }: NumberBook, now: Instant): boolean {
  return failedAt <= now - LIMITS.failureMemorySeconds * 1_000;
}

/** Whether a window may owe one more. */
export function mayOwe(debt: number, floor: number): boolean {
  return debt < floor;
}

/** What a window owes after an approval. One that has paid a floor ahead is paid no further: its room is twice its floor, whoever proves how often. */
export function debtPaid(debt: number, amount: number, leastDebt: number): number {
  return debt > leastDebt ? debt - amount : debt;
}

/** Whether no counter holds more than there is room beside the price. */
export function hasRoom(spent: Room, room: Room): boolean {
  return (
    spent.day <= room.day &&
    spent.hour <= room.hour &&
    spent.countryDay <= room.countryDay &&
    spent.countryHour <= room.countryHour
  );
}
