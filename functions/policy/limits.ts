/** Every limit, with its reason and its source. Data only. */

/** One row of what a number may be sent. */
export type SendLimit = {
  /** At most this many turns … */
  readonly max: number;
  /** … in every sliding window of this length. */
  readonly windowSeconds: number;
};

type ClientLimit = {
  /** At most this many unproven starts … */
  readonly floor: number;
  /** … in each window of this length. */
  readonly windowSeconds: number;
};

export const LIMITS = {
  /** 10^6 codes are 20 bits, the least for a secret sent out of band. NIST SP 800-63B-4 §3.1.3.2, OWASP ASVS 5.0 §6.5.4. */
  codeDigits: 6,

  /** Half of the ten minutes that NIST SP 800-63B-4 §3.1.3.2 and OWASP ASVS 5.0 §6.5.5 allow; slow messages still arrive within it. */
  codeLifetimeSeconds: 300,

  /**
   * 5 guesses against one code in 10^6: 1 in 200,000 for each message sent. Resending gives no new checks (NIST SP 800-63B-4 §3.1.3.2), and
   * where several codes live, the five are spent against all of them.
   */
  checksPerVerification: 5,

  /**
   * The turns of one number, whoever asks. 30 s: a message takes that long, and a double tap costs one. 3 in ten minutes: nobody needs a
   * fourth, and a person who is flooded sees three. 7 a day: 35 guesses a day, 0.0035 %.
   */
  sendsPerNumber: [
    { max: 1, windowSeconds: 30 },
    { max: 3, windowSeconds: 600 },
    { max: 7, windowSeconds: 86_400 },
  ],

  /** How many turns a number remembers: the largest `max` that any row may have, so that rows can change at a deploy without losing history. */
  turnsRemembered: 10,

  /**
   * NIST SP 800-63B-4 §3.2.2 closes an authenticator after 100 consecutive failures. Verifications in flight hold at most
   * 3 × 5 checks, so a number that takes no turn from its 85th failure on never reaches 100.
   */
  consecutiveFailures: 85,

  /** A number that is locked opens again after this long without a failure: numbers change hands. */
  failureMemorySeconds: 30 * 86_400,

  /**
   * Unproven starts of one client. IPv4 30: a carrier shares one address among many, and each approval takes four starts away.
   * IPv6: a /64 is one household, a /48 one site. Unknown: one tight window for all who have no address.
   */
  startsPerClient: {
    ipv4: { floor: 30, windowSeconds: 600 },
    "ipv6-64": { floor: 10, windowSeconds: 600 },
    "ipv6-48": { floor: 60, windowSeconds: 600 },
    "client-unknown": { floor: 5, windowSeconds: 600 },
  },

  /** What an approval takes off the debt of its start: one in four starts proven is the break-even; people prove nine in ten. */
  creditPerApproval: 4,

  /** A proof may be fetched for this long after the approval, and is good for as long. */
  proofLifetimeSeconds: 300,

  /** A start that holds its idempotency key this long without a verification is dead: no function runs longer than 20 s. */
  startPatienceSeconds: 30,

  /** How old the answer of the kill switch may be. */
  switchCacheSeconds: 10,

  /** RFC draft-ietf-httpapi-idempotency-key-header-07 leaves the length open; 16 characters keep strangers from meeting by chance. */
  idempotencyKeyCharacters: { min: 16, max: 255 },

  /** The largest body that any route needs is under 300 bytes. */
  bodyBytes: 4_096,

  /** Twilio's callbacks have about 1 KB, those of calls 2 KB, and new parameters come without notice. */
  callbackBytes: 16_384,
} as const satisfies {
  readonly codeDigits: 6 | 7 | 8;
  /** NIST and OWASP allow 600; we do not. Below a minute people cannot keep up with their messages. */
  readonly codeLifetimeSeconds: 60 | 120 | 180 | 240 | 300;
  readonly checksPerVerification: 1 | 2 | 3 | 4 | 5;
  readonly sendsPerNumber: readonly SendLimit[];
  readonly startsPerClient: Readonly<Record<string, ClientLimit>>;
  readonly [name: string]: unknown;
};
