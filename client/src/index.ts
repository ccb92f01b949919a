import type { StartRequest } from "./api.ts";
import type { StartOutcome } from "./outcomes.ts";
import type { CallOptions, Session } from "./session.ts";

export type * from "./api.ts";
export type * from "./outcomes.ts";
export type { CallOptions, Session, SessionState } from "./session.ts";

/** Where tickets are kept: `localStorage` and React Native's AsyncStorage both fit. */
export type TicketStorage = {
  readonly getItem: (key: string) => string | null | Promise<string | null>;
  readonly setItem: (key: string, value: string) => unknown;
};

export type ClientOptions = {
  /** Of the deployment, such as `https://verify.example.com`. */
  readonly baseUrl: string;
  /** Default: `localStorage` where there is one; `null` keeps no ticket. */
  readonly storage?: TicketStorage | null | undefined;
  /** How long one request may take. */
  readonly timeoutSeconds?: number | undefined;
  /** How often a request is sent in all before `no-answer`. */
  readonly attempts?: number | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Unix milliseconds. */
  readonly clock?: (() => number) | undefined;
  /** Waits; ends early when the signal says so. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Secret random bytes, for the keys of requests. */
  readonly randomBytes?: ((count: number) => Uint8Array) | undefined;
};

export type Client = {
  readonly start: (request: StartRequest, options?: CallOptions) => Promise<StartOutcome>;
  /** A session out of what `JSON.stringify(session)` kept; `undefined` where that is not one. */
  readonly resume: (kept: unknown) => Session | undefined;
};

/** A client of one deployment. Throws `TypeError` for options that cannot work, and nothing later. */
export declare function createClient(options: ClientOptions): Client;

/** The code of the next message, where the browser reads it (WebOTP); `undefined` where it does not, or the signal ended it. */
export declare function receiveCode(signal: AbortSignal): Promise<string | undefined>;
