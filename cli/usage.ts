/**
 * The usage of one request of each kind in an ordinary case: a page of another origin with a preflight, an Idempotency-Key and an IPv4 address, and
 * the first send to its range of numbers in an hour. Tests count writes and reads; times without Twilio were measured.
 */
export type Usage = {
  readonly apiRequests: number;
  readonly invocations: number;
  readonly gibibyteSeconds: number;
  /** Of up to 1 KB. */
  readonly writes: number;
  /** Consistent, of up to 4 KB: of the number. What containers remember is left out: the switch and the API keys. */
  readonly reads: number;
  readonly signatures: number;
  readonly logBytes: number;
};

/** A request and its preflight. */
const GATEWAY = { apiRequests: 2 } as const;

/**
 * Log lines with their metrics, and the 26 bytes that CloudWatch adds to each, as a test measures them: of an answer, of a send, a check and the
 * end of a message, and of a request at the gateway. A preflight has the last alone. Lambda adds a line only where it fails.
 */
export const LOG_BYTES = {
  answered: 582,
  request: 255,
  key: 350,
  send: 1_095,
  check: 545,
  delivery: 517,
} as const;

const HALF = 0.5;
const QUARTER = 0.25;
const PREFLIGHT_SECONDS = 0.005;

export const USAGE = {
  /** 250 ms, nearly all of it waiting for Twilio. */
  start: {
    ...GATEWAY,
    invocations: 2,
    gibibyteSeconds: 0.25 * HALF + PREFLIGHT_SECONDS * QUARTER,
    /** claim; client, range; price, country and service in one; turn; verification; delivery */
    writes: 7,
    reads: 1,
    signatures: 0,
    logBytes: LOG_BYTES.answered + 2 * LOG_BYTES.request + LOG_BYTES.send,
  },
  /** The right code: 30 ms, a signature, and the report and redaction of the message by two calls to Twilio. */
  approval: {
    ...GATEWAY,
    invocations: 3,
    gibibyteSeconds: 0.03 * HALF + (PREFLIGHT_SECONDS + 0.5) * QUARTER,
    /** check; failures; decrement of client, and of country and service in one; of the range too, unless it has this send alone */
    writes: 4,
    reads: 0,
    signatures: 1,
    logBytes: LOG_BYTES.answered + 2 * LOG_BYTES.request + LOG_BYTES.check,
  },
  /** A start with an API key, and a check by number: no preflight, one more line, the count of the key's day, and what the wire test counts. */
  keyedStart: {
    apiRequests: 1,
    invocations: 1,
    gibibyteSeconds: 0.25 * HALF,
    writes: 7,
    reads: 1,
    signatures: 0,
    logBytes: LOG_BYTES.answered + LOG_BYTES.request + LOG_BYTES.send + LOG_BYTES.key,
  },
  keyedApproval: {
    apiRequests: 1,
    invocations: 2,
    gibibyteSeconds: 0.03 * HALF + 0.5 * QUARTER,
    writes: 4,
    reads: 1,
    signatures: 1,
    logBytes: LOG_BYTES.answered + LOG_BYTES.request + LOG_BYTES.check + LOG_BYTES.key,
  },
  /** Twilio reports a message twice, as sent and as delivered; then its text is redacted. Times are estimates. */
  delivery: {
    apiRequests: 2,
    invocations: 3,
    gibibyteSeconds: (2 * 0.02 + 0.25) * QUARTER,
    /** the delivery */
    writes: 1,
    reads: 0,
    signatures: 0,
    logBytes: 2 * LOG_BYTES.answered + 2 * LOG_BYTES.request + LOG_BYTES.delivery,
  },
} as const satisfies Readonly<Record<string, Usage>>;

/** Events of one verification, in three batches at most: started and sent, delivered, approved. The time is an estimate. */
export const EVENT_USAGE = {
  events: 4,
  invocations: 3,
  gibibyteSeconds: 3 * 0.02 * QUARTER,
} as const;
