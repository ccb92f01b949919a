import { PATIENCE_SECONDS, TIMEOUT_SECONDS } from "./timing.ts";

/** Where tickets are kept: `localStorage` and React Native's AsyncStorage both fit. */
export type TicketStorage = {
  readonly getItem: (key: string) => string | null | Promise<string | null>;
  readonly setItem: (key: string, value: string) => unknown;
};

/** The dependencies of a client outside itself. */
export type Deps = {
  readonly baseUrl: string;
  readonly storage?: TicketStorage | null | undefined;
  readonly timeoutSeconds: number;
  readonly patienceSeconds: number;
  readonly fetch: typeof globalThis.fetch;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Waits for this time, or until the signal aborts. Never throws. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly randomBytes: (count: number) => Uint8Array;
};

export type DepsOptions = Partial<Omit<Deps, "baseUrl" | "storage">> & {
  /** Of the deployment, such as `https://verify.example.com`. */
  readonly baseUrl: string;
  /** Allows plain HTTP to other machines than this one, as for a phone in the own network. Never in production: requests contain the code. */
  readonly allowHttp?: boolean | undefined;
  /** Where tickets are kept; `localStorage` where there is one, `null` keeps none. */
  readonly storage?: TicketStorage | null | undefined;
};

export function depsOf({ baseUrl, allowHttp, ...given }: DepsOptions): Deps {
  if (!(allowHttp || SAFE_URL.test(baseUrl))) throw new TypeError("baseUrl: no https");
  const { fetch = globalThis.fetch, randomBytes = browserBytes } = given;
  // Throws here, at the start, where there is no source of random bytes.
  randomBytes(1);
  return {
    timeoutSeconds: TIMEOUT_SECONDS,
    patienceSeconds: PATIENCE_SECONDS,
    clock: Date.now,
    sleep,
    ...given,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    // Called as a plain function: a browser's fetch refuses any other `this`.
    fetch: (...request) => fetch(...request),
    randomBytes,
  };
}

const SAFE_URL = /^http(s:|:\/\/(localhost|127\.0\.0\.1)([:/]|$))/;

/** The key and the body of a start return its id, so the key must not be guessable: `Math.random` is not enough. */
function browserBytes(count: number): Uint8Array {
  if (typeof crypto === "undefined") throw new TypeError("no randomBytes");
  return crypto.getRandomValues(new Uint8Array(count));
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/** 128 random bits in hex: an Idempotency-Key. */
export function newKey({ randomBytes }: Pick<Deps, "randomBytes">): string {
  return [...randomBytes(16)].map((byte) => (byte + 256).toString(16).slice(1)).join("");
}
