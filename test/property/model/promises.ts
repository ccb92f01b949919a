const SECOND = 1_000;
const DAY = 86_400 * SECOND;

/**
 * What the README promises, in milliseconds. Said once more here and not read from the limits, on purpose: a limit that changes by accident
 * is a promise that breaks.
 */
export const PROMISED = {
  codeIsGoodFor: 300 * SECOND,
  codesGoodAtOnce: 3,
  checksPerVerification: 5,
  sendsPerNumber: [
    { max: 1, within: 30 * SECOND },
    { max: 3, within: 600 * SECOND },
    { max: 7, within: DAY },
  ],
  failuresUntilLocked: 85,
  failuresAreRememberedFor: 30 * DAY,
  proofIsFetchableFor: 300 * SECOND,
  startIsRepeatableFor: 600 * SECOND,
  unverifiedAreKeptFor: 600 * SECOND,
  startsThatAnApprovalPaysFor: 4,
} as const;

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
