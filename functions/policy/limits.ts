/** Every limit with its reason and its source, and the bounds within which a stage may change some of them. */

/** One row of the sends to one number. */
export type SendLimit = {
  /** At most this many turns … */
  readonly max: number;
  /** … in every sliding window of this length. */
  readonly windowSeconds: number;
};

/** The modes of a scope at its limit: `off` does not count, `watch` counts and reports, `enforce` refuses. */
export const SCOPE_MODES = ["off", "watch", "enforce"] as const;
export type ScopeMode = (typeof SCOPE_MODES)[number];

/** One row of unverified sends of one scope. */
export type ScopeLimit = {
  /** At most this many unverified sends … */
  readonly max: number;
  /** … in each window of this length. */
  readonly windowSeconds: number;
  readonly mode: ScopeMode;
  /** At most this many in each UTC day, beside the window. The windows of a day then share one item. */
  readonly maxPerDay?: number;
  /** At most this many in a UTC day while the country or the service requires the challenge. */
  readonly maxUnderPressure?: number;
  /** From this many in a UTC day on a start must pass the challenge. It refuses nothing. */
  readonly askPerDay?: number;
  /** The same of all sends, verified or not. */
  readonly askSends?: { readonly perWindow: number; readonly perDay: number };
};

/**
 * The day of the rows is longer by the life of a code: a guess comes up to 300 s after its send, and all guesses of a sliding day are then about
 * the sends of one such window.
 */
const DAY_OF_SENDS_SECONDS = 86_700;

export const LIMITS = {
  /** 10^6 codes are 20 bits, the minimum for a secret sent out of band. NIST SP 800-63B-4 §3.1.3.2, OWASP ASVS 5.0 §6.5.4. */
  codeDigits: 6,

  /** Half of the ten minutes that NIST SP 800-63B-4 §3.1.3.2 and OWASP ASVS 5.0 §6.5.5 allow; slow messages still arrive in time. */
  codeLifetimeSeconds: 300,

  /**
   * 5 guesses against one code in 10^6: 1 in 200,000 for each message sent. Resending gives no new checks (NIST SP 800-63B-4 §3.1.3.2), and
   * where several codes live, the five are spent against all of them.
   */
  checksPerVerification: 5,

  /**
   * The turns of one number, over all clients. 30 s: a message takes that long, and a double tap sends one. 3 in ten minutes: a fourth helps no
   * person, and a flooded phone gets three. 7 a day: 35 guesses in any 24 hours, 0.0035 %.
   */
  sendsPerNumber: [
    { max: 1, windowSeconds: 30 },
    { max: 3, windowSeconds: 600 },
    { max: 7, windowSeconds: DAY_OF_SENDS_SECONDS },
  ],

  /**
   * The same for a start with a returning ticket. Its three more turns a day are for the owner alone: a stranger who uses up the seven delays the
   * owner by minutes and not for the day. 50 guesses in any 24 hours at most, 0.005 %.
   */
  sendsPerNumberWithTicket: [
    { max: 1, windowSeconds: 30 },
    { max: 3, windowSeconds: 600 },
    { max: 10, windowSeconds: DAY_OF_SENDS_SECONDS },
  ],

  /** The number of turns that the record of a number keeps: the largest `max` of any row, so that rows can change at a deployment without loss of history. */
  turnsRemembered: 10,

  /**
   * NIST SP 800-63B-4 §3.2.2 disables an authenticator after 100 consecutive failures. Verifications in flight hold at most 3 × 5 checks, so a
   * number that takes no turn from its 85th failure on never reaches 100.
   */
  consecutiveFailures: 85,

  /** A locked number is unlocked after this long without a failure, since numbers change hands. */
  failureMemorySeconds: 30 * 86_400,

  /**
   * Unverified sends by scope. A send adds one, an approval subtracts `decrementPerApproval`, and a scope at its limit refuses until its window
   * ends. People verify; pumping, guessing and bots cannot. The counter stops at one limit below zero: the owner of many numbers who verifies
   * them all day has at most twice the limit for numbers of others.
   */
  unverifiedSends: {
    /**
     * A carrier shares one address among thousands. Honest people verify nine in ten and stay far below it. Two under pressure are a start and a
     * resend, or a bad challenge token and a good one.
     */
    ipv4: { max: 30, windowSeconds: 600, maxPerDay: 60, maxUnderPressure: 2, mode: "enforce" },
    /** One household. */
    "ipv6-64": { max: 10, windowSeconds: 600, maxPerDay: 20, maxUnderPressure: 2, mode: "enforce" },
    /** One site, or one customer who rotates addresses. */
    "ipv6-48": {
      max: 60,
      windowSeconds: 600,
      maxPerDay: 120,
      maxUnderPressure: 2,
      mode: "enforce",
    },
    /** All clients without an address, together. */
    "client-unknown": {
      max: 5,
      windowSeconds: 600,
      maxPerDay: 60,
      maxUnderPressure: 2,
      mode: "enforce",
    },
    /** The ten thousand numbers that share all but their last four digits: pumping buys numbers by the block (Luma: 13,000 messages to one). */
    range: { max: 20, windowSeconds: 3_600, mode: "enforce" },
    /** Each country except the first of a stage. Four times GitLab's 50 a day for a dial code, since approvals decrement here and not there. */
    country: { max: 200, windowSeconds: 3_600, mode: "enforce" },
    /** The home country: guessing spread over it stays below a hundredth of a code an hour. */
    "home-country": { max: 1_000, windowSeconds: 3_600, mode: "enforce" },
    /** All: 1,500 × 5 checks in an hour are worth 0.0075 codes. */
    service: { max: 1_500, windowSeconds: 3_600, askPerDay: 60, mode: "enforce" },
  },

  /**
   * The amount that an approval subtracts from the unverified sends of its client and range. Break-even is one verified start in four; people verify nine in
   * ten.
   */
  decrementPerApproval: 4,

  /**
   * The amount that it subtracts from the unverified sends of a country and of the service. An attack is a small part of all verifications there, and each
   * approval beyond its own send makes room for a stranger's: with 4, the 300 people of a busy hour make room for 700 messages of an attacker,
   * with 2 for under 200. With 1 the people who leave would fill the limit by themselves. Simulated: docs/evidence/simulation.md.
   */
  decrementPerSharedApproval: 2,

  /**
   * If a stage has a challenge, a scope requires it from this share of its limit on: before any refusal, and before an attack has used what the
   * people of the same hour need. A challenge costs a person seconds, so it may come early.
   */
  challengeFromShareOfLimit: 0.25,

  /**
   * A service requires the challenge from `askPerDay` on at the end of a UTC day, and from this share of it on at its beginning: unverified sends
   * of people grow with the day, and an attack of the first hours must not use all of it.
   */
  askedAtMidnight: 0.5,

  /** The spent shares of a cap that are events: half, while there is time to look, three quarters, and all but a tenth. */
  spendThresholdsPercent: [50, 75, 90],

  /**
   * Turns with tickets until the number must be verified again. A ticket passes the limits of its client; without this limit an owner of many numbers would verify each once and then fill the limits of all with unread messages. Three are one verification with its resends; then the owner counts as a stranger until the next approval.
   */
  ticketTurnsPerApproval: 3,

  /**
   * From this age on a ticket makes its owner a customer: the share for tickets is open, no limit refuses, and no challenge is required. A
   * younger ticket adds turns and passes the limits of its client, so numbers that an attacker verifies today give no more before tomorrow.
   */
  ticketMinimumAgeSeconds: 86_400,

  /**
   * So many sends of one number in 24 hours use the share for tickets, or the strangers' part of a cap; later ones yield to other numbers once
   * the pace below is exceeded. Two of a customer are a sign-in whose message got lost, or a second device.
   */
  firstSendsPerDay: { customer: 2, stranger: 1 },

  /**
   * The share of the messages of an hour's cap, and of a day's, that an ordinary service stays below: of the day this much at its beginning, and
   * more by the hour until its end. Above it, strangers must pass the challenge, and later sends of a number yield.
   */
  pace: { hour: 0.6, dayAtMidnight: 0.2, dayAtItsEnd: 0.6 },

  /** A returning ticket lasts a quarter of a year, in which a device that is used at all returns. */
  ticketLifetimeSeconds: 90 * 86_400,

  /** A proof can be fetched for this long after the approval, and is valid as long. */
  proofLifetimeSeconds: 300,

  /**
   * A start that holds its idempotency key this long without a verification is dead: no function runs longer than 20 s. A message is not sent
   * this long after its turn either, by a container that was frozen in between: the number's rows count turns.
   */
  startPatienceSeconds: 30,

  /** The maximal age of the switch's cached state. */
  switchCacheSeconds: 10,

  /**
   * DynamoDB writes an item 1,000 times a second and reads it 3,000 times. A container that was refused the same this often within
   * `refusalCacheSeconds` refuses from memory until they end, and one that read the same within `readCacheSeconds` answers from memory. The
   * thousand containers of an account then write 400 times a second to a busy item, and read it 2,000 times, at any rate of requests. An unblock
   * of a busy scope takes effect after five seconds. `npm run capacity` counts it.
   */
  cacheAfterTimes: 2,
  refusalCacheSeconds: 5,
  readCacheSeconds: 1,

  /** RFC draft-ietf-httpapi-idempotency-key-header-07 leaves the length open; 16 characters prevent accidental collisions of strangers. */
  idempotencyKeyCharacters: { min: 16, max: 255 },

  /** The largest body that any route needs is under 300 bytes. */
  bodyBytes: 4_096,

  /** Twilio's callbacks have about 1 KB, those of calls 2 KB, and new parameters come without notice. */
  callbackBytes: 16_384,
} as const satisfies Limits & {
  readonly unverifiedSends: Readonly<Record<string, ScopeLimit>>;
  readonly [name: string]: unknown;
};

type EachScope<Value> = Readonly<Record<keyof typeof LIMITS.unverifiedSends, Value>>;

/** One value for each kind of scope. */
export function eachScope<Value>(of: (kind: keyof EachScope<Value>) => Value): EachScope<Value> {
  return {
    ipv4: of("ipv4"),
    "ipv6-64": of("ipv6-64"),
    "ipv6-48": of("ipv6-48"),
    "client-unknown": of("client-unknown"),
    range: of("range"),
    country: of("country"),
    "home-country": of("home-country"),
    service: of("service"),
  };
}

/** The limits that a stage may change. */
export type Limits = {
  readonly codeDigits: number;
  readonly codeLifetimeSeconds: number;
  readonly checksPerVerification: number;
  readonly sendsPerNumber: readonly SendLimit[];
  readonly sendsPerNumberWithTicket: readonly SendLimit[];
  readonly ticketLifetimeSeconds: number;
  readonly proofLifetimeSeconds: number;
};

/** The settable limits: their range of whole numbers, and its reason. */
export const LIMIT_BOUNDS = {
  codeLifetimeSeconds: {
    min: 60,
    max: 300,
    because: "a code lives five minutes at most, and below one minute messages arrive too late",
  },
  codeDigits: {
    min: 6,
    max: 8,
    because: "fewer are guessed too easily (NIST SP 800-63B-4), and more are hard to copy",
  },
  checksPerVerification: { min: 1, max: 5, because: "more checks make a code too easy to guess" },
  secondsBetweenSends: {
    min: 30,
    max: 299,
    because: "a message takes half a minute, and a code must be sent again before it expires",
  },
  sendsPerTenMinutes: {
    min: 1,
    max: 3,
    because: "a number is sent at most three codes in ten minutes",
  },
  sendsPerDay: {
    min: 1,
    max: 7,
    because: "more sends a day give strangers more guesses than promised",
  },
  sendsPerDayWithTicket: { min: 1, max: 10, because: "a number is sent at most ten codes a day" },
  ticketLifetimeSeconds: {
    min: 2 * 86_400,
    max: 90 * 86_400,
    because: "a ticket counts fully only after a day, and is data of a person for 90 days at most",
  },
  proofLifetimeSeconds: {
    min: 60,
    max: 300,
    because: "a proof is taken to a back end at once, and clocks differ by seconds",
  },
} as const;

/** The limits of a stage that differ from `LIMITS`. */
export type LimitSettings = { readonly [Name in keyof typeof LIMIT_BOUNDS]?: number };

export const LIMIT_NAMES = [
  "codeLifetimeSeconds",
  "codeDigits",
  "checksPerVerification",
  "secondsBetweenSends",
  "sendsPerTenMinutes",
  "sendsPerDay",
  "sendsPerDayWithTicket",
  "ticketLifetimeSeconds",
  "proofLifetimeSeconds",
] as const satisfies readonly (keyof LimitSettings)[];

/** The limits of a stage. Throws for one outside its bounds. */
export function limitsWith(settings: LimitSettings): Limits {
  const fault = limitFault(settings);
  if (fault !== undefined) throw new Error(fault);
  return limitsOf(limitValues(settings));
}

/** The first wrong setting: its range and the reason; nothing if all are right. */
export function limitFault(settings: LimitSettings): string | undefined {
  for (const name of LIMIT_NAMES) {
    const { min, max, because } = LIMIT_BOUNDS[name];
    const value = settings[name] ?? min;
    if (!Number.isInteger(value) || value < min || value > max)
      return `${name} must be a whole number from ${min} to ${max}, not ${value}: ${because}`;
  }
  const { secondsBetweenSends, codeLifetimeSeconds, sendsPerDay, sendsPerDayWithTicket } =
    limitValues(settings);
  if (secondsBetweenSends >= codeLifetimeSeconds)
    return `secondsBetweenSends must be below codeLifetimeSeconds, and ${secondsBetweenSends} is not below ${codeLifetimeSeconds}: no code could be sent again`;
  return sendsPerDayWithTicket < sendsPerDay
    ? `sendsPerDayWithTicket must be at least sendsPerDay, and ${sendsPerDayWithTicket} is below ${sendsPerDay}: a ticket would be a disadvantage`
    : undefined;
}

type LimitValues = Required<LimitSettings>;

/** The settings of a stage, and the defaults for the others. */
export function limitValues(settings: LimitSettings): LimitValues {
  const [between, inTenMinutes, inADay] = LIMITS.sendsPerNumber;
  return {
    codeLifetimeSeconds: LIMITS.codeLifetimeSeconds,
    codeDigits: LIMITS.codeDigits,
    checksPerVerification: LIMITS.checksPerVerification,
    secondsBetweenSends: between.windowSeconds,
    sendsPerTenMinutes: inTenMinutes.max,
    sendsPerDay: inADay.max,
    sendsPerDayWithTicket: LIMITS.sendsPerNumberWithTicket[2].max,
    ticketLifetimeSeconds: LIMITS.ticketLifetimeSeconds,
    proofLifetimeSeconds: LIMITS.proofLifetimeSeconds,
    ...settings,
  };
}

function limitsOf({
  secondsBetweenSends,
  sendsPerTenMinutes,
  sendsPerDay,
  sendsPerDayWithTicket,
  ...limits
}: LimitValues): Limits {
  const rows = (perDay: number) => [
    { max: 1, windowSeconds: secondsBetweenSends },
    { max: sendsPerTenMinutes, windowSeconds: 600 },
    { max: perDay, windowSeconds: DAY_OF_SENDS_SECONDS },
  ];
  return {
    ...limits,
    sendsPerNumber: rows(sendsPerDay),
    sendsPerNumberWithTicket: rows(sendsPerDayWithTicket),
  };
}
