import type { Policies } from "./policies.ts";

type Limits = Policies["limits"];

/** Codes that are drawn: all but one digit repeated and straight runs, which are tried first. */
function codesDrawn({ codeDigits }: Pick<Limits, "codeDigits">): number {
  const repeated = 10;
  const runs = 2 * (11 - codeDigits);
  return 10 ** codeDigits - repeated - runs;
}

const DAY_SECONDS = 86_400;

/** The most messages to one number in any window of this length. Every row with at least this window bounds it. */
export function sendsWithin(rows: Limits["sendsPerNumber"], windowSeconds: number): number {
  return Math.min(...rows.map((row) => Math.ceil(windowSeconds / row.windowSeconds) * row.max));
}

export type Guessing = {
  readonly guessesADay: number;
  /** The chance to guess a code of one number within a day, over all clients. */
  readonly chanceADay: number;
  /** Wrong codes in a row, those in flight included, until nothing more is sent to a number. */
  readonly guessesUntilLock: number;
  readonly chanceUntilLock: number;
};

/** A resend gives a new code and no new checks. The checks of a day are therefore at most those of its messages. */
export function guessingAt(limits: Limits): Guessing {
  // The last guess comes when its code expires.
  const guessedAbout = DAY_SECONDS + limits.codeLifetimeSeconds;
  const guessesADay =
    sendsWithin(limits.sendsPerNumberWithTicket, guessedAbout) * limits.checksPerVerification;
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

/** Codes that are guessed by chance in a day in which every sent message of every number is guessed at. */
export function guessedByChanceADay(limits: Limits, sends: number): number {
  return (sends * limits.checksPerVerification) / codesDrawn(limits);
}

/** `0.0035 %`: two significant digits. */
export function percent(chance: number): string {
  return `${Number((chance * 100).toPrecision(2))} %`;
}
