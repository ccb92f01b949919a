/** Every limit, with its reason and its source, and the bounds within which a stage may set some of them otherwise. */

/** One row of what a number may be sent. */
export type SendLimit = {
  /** At most this many turns … */
  readonly max: number;
  /** … in every sliding window of this length. */
  readonly windowSeconds: number;
};

/** What a full scope does: `off` is not even counted, `watch` counts and tells, `enforce` refuses. */
export const SCOPE_MODES = ["off", "watch", "enforce"] as const;
export type ScopeMode = (typeof SCOPE_MODES)[number];

/** One row of unverified sends: what one scope may owe. */
export type ScopeLimit = {
  /** At most this many unverified sends … */
  readonly max: number;
  /** … in each window of this length. */
  readonly windowSeconds: number;
  readonly mode: ScopeMode;
  /** At most this many in each UTC day, beside the window. The windows of a day then share one item. */
  readonly maxPerDay?: number;
  /** At most this many in a UTC day while the service asks everybody for the challenge. */
  readonly maxUnderPressure?: number;
  /** From this many in a UTC day on a start must pass the challenge. It refuses nothing. */
  readonly askPerDay?: number;
  /** The same of all sends, verified or not. */
  readonly askSends?: { readonly perWindow: number; readonly perDay: number };
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

  /**
   * The same for a start that carries a returning ticket. Its three more turns a day are for the owner alone: a stranger who burns the seven
   * takes minutes from him and never the day. 50 guesses a day at most, 0.005 %.
   */
  sendsPerNumberWithTicket: [
    { max: 1, windowSeconds: 30 },
    { max: 3, windowSeconds: 600 },
    { max: 10, windowSeconds: 86_400 },
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
   * Unverified sends, by scope. A send adds one, an approval takes `decrementPerApproval` away, and a scope that has reached its limit refuses
   * until its window ends. People pay by proving; pumping, guessing and bots cannot. Nobody pays more than one limit ahead: the owner of many
   * numbers who proves them all day has at most twice the limit for those he does not own.
   */
  unverifiedSends: {
    /** A carrier shares one address among thousands. Honest people at nine in ten proven never come near it. */
    ipv4: { max: 30, windowSeconds: 600, maxPerDay: 60, maxUnderPressure: 3, mode: "enforce" },
    /** One household. */
    "ipv6-64": { max: 10, windowSeconds: 600, maxPerDay: 20, maxUnderPressure: 2, mode: "enforce" },
    /** One site, or one customer who rotates addresses. */
    "ipv6-48": {
      max: 60,
      windowSeconds: 600,
      maxPerDay: 120,
      maxUnderPressure: 4,
      mode: "enforce",
    },
    /** All who have no address, together. */
    "client-unknown": {
      max: 5,
      windowSeconds: 600,
      maxPerDay: 60,
      maxUnderPressure: 3,
      mode: "enforce",
    },
    /** Ten thousand neighbours, a number without its last four digits: pumping buys numbers by the block (Luma: 13,000 messages to one). */
    range: { max: 20, windowSeconds: 3_600, mode: "enforce" },
    /** Each country but the first of a stage. Four times GitLab's 50 a day for a dial code, since approvals pay here and do not there. */
    country: { max: 200, windowSeconds: 3_600, mode: "enforce" },
    /** The first country of a stage, where its people live: guessing spread over it is refused below a hundredth of a code an hour. */
    "home-country": { max: 1_000, windowSeconds: 3_600, mode: "enforce" },
    /** Everybody: 1,500 × 5 checks in an hour are worth 0.0075 codes. */
    service: { max: 1_500, windowSeconds: 3_600, askPerDay: 60, mode: "enforce" },
  },

  /** What an approval takes off the unverified sends of its client and range: one in four starts proven is the break-even; people prove nine in ten. */
  decrementPerApproval: 4,

  /**
   * What it takes off the unverified sends of a country and of the service. An attack is a small part of all who prove there, and each approval more than
   * its own send pays for a stranger's: with 4, the 300 people of a busy hour pay for 700 messages of an attacker, with 2 for under 200. With 1
   * the people who leave would fill the limit by themselves. Simulated: docs/evidence/simulation.md.
   */
  decrementPerSharedApproval: 2,

  /**
   * Where a stage has a challenge, a scope asks for it from this share of its limit on: before anybody is refused, and before an attack has what
   * the people of the same hour need. A challenge costs a person seconds, so it may come early.
   */
  challengeFromShareOfLimit: 0.25,

  /**
   * A service asks from `askPerDay` on at the end of a UTC day, and from this share of it on at its beginning: what people leave unverified grows with
   * the day, and an attack of the first hours must not have all of it.
   */
  askedAtMidnight: 0.5,

  /**
   * How many turns a number takes with tickets before it is proven again. A ticket passes every limit, so without this whoever owns numbers would
   * prove each once and then fill the limits of everybody with messages that nobody reads. Three are one verification with its resends; from then
   * on its owner is a stranger until his next approval.
   */
  ticketTurnsPerApproval: 3,

  /**
   * From this age on a ticket stands for a customer: what is kept for tickets is open to it, no limit refuses it and no challenge is asked. Before it
   * only adds turns. Whoever proves numbers of his own today finds his tickets worth nothing of that until tomorrow.
   */
  ticketRipensSeconds: 86_400,

  /**
   * So many sends of one number in 24 hours use what is kept for tickets, or what strangers have of a cap; later ones give way to those of other
   * numbers once the pace below is exceeded. Two of a customer are a sign-in whose message got lost, or a second device.
   */
  firstSendsPerDay: { customer: 2, stranger: 1 },

  /**
   * The share of the messages of an hour's cap, and of a day's, that an ordinary service stays below: of the day this much at its beginning, and more
   * by the hour until its end. What exceeds it is pressure: strangers are asked for the challenge, and later sends of a number give way.
   */
  pace: { hour: 0.6, dayAtMidnight: 0.2, dayAtItsEnd: 0.6 },

  /** A returning ticket lasts a quarter of a year, as long as a device that is used at all comes back. */
  ticketLifetimeSeconds: 90 * 86_400,

  /** A proof may be fetched for this long after the approval, and is good for as long. */
  proofLifetimeSeconds: 300,

  /**
   * A start that holds its idempotency key this long without a verification is dead: no function runs longer than 20 s. Nor is a message sent
   * this long after its turn, by a container that was frozen in between: the number's rows count turns.
   */
  startPatienceSeconds: 30,

  /** How old the answer of the kill switch may be. */
  switchCacheSeconds: 10,

  /**
   * DynamoDB writes 1,000 times a second to one item and reads 3,000 times. A container that was refused the same this often within
   * `refusalCacheSeconds` says so itself until they are over, and one that read the same within `readCacheSeconds` as well: the thousand containers of
   * an account then write 400 times a second to an item that everybody hammers, and read it 2,000 times, whatever the rate. An operator who opens
   * what is hammered waits five seconds. `npm run capacity` counts it.
   */
  cacheAfterTimes: 2,
  refusalCacheSeconds: 5,
  readCacheSeconds: 1,

  /** RFC draft-ietf-httpapi-idempotency-key-header-07 leaves the length open; 16 characters keep strangers from meeting by chance. */
  idempotencyKeyCharacters: { min: 16, max: 255 },

  /** The largest body that any route needs is under 300 bytes. */
  bodyBytes: 4_096,

  /** Twilio's callbacks have about 1 KB, those of calls 2 KB, and new parameters come without notice. */
  callbackBytes: 16_384,
} as const satisfies Limits & {
  readonly unverifiedSends: Readonly<Record<string, ScopeLimit>>;
  readonly [name: string]: unknown;
};

/** The limits that a stage may set otherwise. */
export type Limits = {
  readonly codeDigits: number;
  readonly codeLifetimeSeconds: number;
  readonly checksPerVerification: number;
  readonly sendsPerNumber: readonly SendLimit[];
  readonly sendsPerNumberWithTicket: readonly SendLimit[];
  readonly ticketLifetimeSeconds: number;
  readonly proofLifetimeSeconds: number;
};

/** What a stage may set, between which whole numbers, and why no others. */
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
  checksPerVerification: {
    min: 1,
    max: 5,
    because: "more checks make a code too easy to guess",
  },
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
  sendsPerDayWithTicket: {
    min: 1,
    max: 10,
    because: "a number is sent at most ten codes a day",
  },
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

/** What a stage sets otherwise than `LIMITS`. */
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

/** The limits of a stage. Throws where one is outside its bounds. */
export function limitsWith(settings: LimitSettings): Limits {
  const fault = limitFault(settings);
  if (fault !== undefined) throw new Error(fault);
  return limitsOf(limitValues(settings));
}

/** Which setting is not right, what it must be and why; nothing where all are. */
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

/** What a stage sets, and the default of what it does not set. */
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
    { max: perDay, windowSeconds: 86_400 },
  ];
  return {
    ...limits,
    sendsPerNumber: rows(sendsPerDay),
    sendsPerNumberWithTicket: rows(sendsPerDayWithTicket),
  };
}
