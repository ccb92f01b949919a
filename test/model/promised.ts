const SECOND = 1_000;
const DAY = 86_400 * SECOND;
/** Guesses come up to five minutes after their send; those of a sliding day are of the sends of one such window. */
const DAY_OF_SENDS = DAY + 300 * SECOND;
const SHORT_ROWS = [
  { max: 1, within: 30 * SECOND },
  { max: 3, within: 600 * SECOND },
] as const;

/**
 * What the README promises, in milliseconds. Said once more here and not read from the limits, on purpose: a limit that changes by accident
 * is a promise that breaks.
 */
export const PROMISED = {
  codeIsGoodFor: 300 * SECOND,
  codesGoodAtOnce: 3,
  checksPerVerification: 5,
  sendsPerNumber: [...SHORT_ROWS, { max: 7, within: DAY_OF_SENDS }],
  sendsPerNumberWithTicket: [...SHORT_ROWS, { max: 10, within: DAY_OF_SENDS }],
  ticketTurns: 3,
  /** At one number, in any 24 hours, by who holds no returning ticket and by who does. */
  guessesADay: { stranger: 35, ticketHolder: 50 },
  failuresUntilLocked: 85,
  /** NIST SP 800-63B-4 §3.2.2. */
  failuresNeverReached: 100,
  failuresAreRememberedFor: 30 * DAY,
  proofIsFetchableFor: 300 * SECOND,
  startIsRepeatableFor: 600 * SECOND,
  unverifiedAreKeptFor: 600 * SECOND,
  /** How many unverified sends an approval takes off a client and a range, and off a country and the service. */
  decrements: { narrow: 4, wide: 2 },
  longestFromTurnToSend: 30 * SECOND,
} as const;

/** How many of these moments the window of this length holds that ends at `endsAt`. */
export function countIn(moments: readonly Moment[], endsAt: Moment, within: number): number {
  return moments.filter((at) => at > endsAt - within && at <= endsAt).length;
}

/** Every counted guess is one of the item's, and no item has more than the promise allows. */
export function keepsGuesses({ checks, tried }: { checks: number; tried: number }): boolean {
  return checks === tried && checks <= PROMISED.checksPerVerification;
}

/** The clients of the model, and the scopes in which the starts of each are counted: the last two are two households of one site. */
export const CLIENTS = [
  { address: undefined, scopes: [{ name: "unknown", max: 5 }] },
  { address: "192.0.2.1", scopes: [{ name: "192.0.2.1", max: 30 }] },
  {
    address: "2001:db8:1:1::1",
    scopes: [
      { name: "2001:db8:1:1", max: 10 },
      { name: "2001:db8:1", max: 60 },
    ],
  },
  {
    address: "2001:db8:1:2::1",
    scopes: [
      { name: "2001:db8:1:2", max: 10 },
      { name: "2001:db8:1", max: 60 },
    ],
  },
] as const;

/** Who asks for every other code. */
export const RESENDING = CLIENTS[1];

export type Moment = number;
