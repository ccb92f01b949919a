/** The lifetime of each kind of item, in seconds. TTL deletes later than that, sometimes days later; no code relies on it. */
export const RETENTION = {
  /** After the end of its newest code: long enough for a page to show how it ended, and for a proof to be fetched again. */
  verificationSeconds: 3_600,

  /** A start can be repeated for this long. Shorter than a verification is kept, so that the repeat always finds it. */
  claimSeconds: 600,

  /** As long as a returning ticket lasts, since a revoked one must be known; the longest window is 24 h, and failures are remembered for 30 days. */
  numberSeconds: 90 * 86_400,

  /** After the end of a window, for approvals that come late. */
  scopeSeconds: 3_600,

  /** Two months of daily money, so that an operator can add up a month. */
  spendSeconds: 62 * 86_400,
} as const;
