import type { Policies } from "./policies.ts";

type Limits = Policies["limits"];

/** Codes that are drawn: all but one digit repeated and straight runs, which are tried first. */
export function codesDrawn({ codeDigits }: Pick<Limits, "codeDigits">): number {
  const repeated = 10;
  const runs = 2 * (11 - codeDigits);
  return 10 ** codeDigits - repeated - runs;
}

const DAY_SECONDS = 86_400;

/** The most messages that one number gets in any window of this length. Every row that reaches as far holds for it. */
export function sendsWithin(rows: Limits["sendsPerNumber"], windowSeconds: number): number {
  const reaching = rows.filter((row) => row.windowSeconds >= windowSeconds);
  return Math.min(...reaching.map(({ max }) => max));
}

export type Guessing = {
  readonly guessesADay: number;
  /** Of hitting a code of one number within a day, by all callers together. */
  readonly chanceADay: number;
  /** Wrong codes in a row that a number can reach before nothing more is sent to it, with the sends in progress. */
  readonly guessesUntilLock: number;
  readonly chanceUntilLock: number;
};

/** Resending gives a new code and no new checks, so the checks of a day are those of its messages at most. */
export function guessingAt(limits: Limits): Guessing {
  const guessesADay =
    sendsWithin(limits.sendsPerNumberWithTicket, DAY_SECONDS) * limits.checksPerVerification;
  const inFlight =
    sendsWithin(limits.sendsPerNumber, limits.codeLifetimeSeconds) * limits.checksPerVerification;
  const guessesUntilLock = limits.consecutiveFailures - 1 + inFlight;
  const codes = codesDrawn(limits);
  return {
    guessesADay,
    chanceADay: guessesADay / codes,
    guessesUntilLock,
    chanceUntilLock: guessesUntilLock / codes,
  };
}

/** Codes that are hit by chance in a day with a guess at every message of all numbers. */
export function luckADay(limits: Limits, sends: number): number {
  return (sends * limits.checksPerVerification) / codesDrawn(limits);
}

/** `0.0035 %`: two digits that count. */
export function percent(chance: number): string {
  return `${Number((chance * 100).toPrecision(2))} %`;
}
