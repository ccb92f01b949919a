import type { Channel, Verification } from "./api.ts";
import type { CancelOutcome, CheckOutcome, ResendOutcome, ShowOutcome } from "./outcomes.ts";

export type CallOptions = { readonly signal?: AbortSignal | undefined };

/** Plain JSON: what a page keeps over a reload (`sessionStorage`). It is as secret as the verification's id, which is in it. */
export type SessionState = {
  readonly verification: Verification;
  /** How far the clock of the service is before ours. */
  readonly clockAheadMilliseconds: number;
  /** The number's ticket goes here after an approval. */
  readonly ticketKey: string;
  /** Idempotency keys of what was asked and has no certain end: a reload does not make it another request. */
  readonly keys: Readonly<Record<string, string>>;
};

/** One verification under way. */
export type Session = {
  /** As it was last seen. */
  readonly verification: Verification;
  /** Whole seconds from now, rounded up, 0 where it is past; right even where the clock of this device is not. */
  readonly waits: () => { readonly resendSeconds: number; readonly expirySeconds: number };
  /** A wrong code is an outcome, not an error. Spaces and hyphens in the code do not matter. */
  readonly check: (code: string, options?: CallOptions) => Promise<CheckOutcome>;
  readonly resend: (
    options?: CallOptions & { readonly channel?: Channel | undefined },
  ) => Promise<ResendOutcome>;
  readonly show: (options?: CallOptions) => Promise<ShowOutcome>;
  /** "Wrong number". */
  readonly cancel: (options?: CallOptions) => Promise<CancelOutcome>;
  /**
   * Each change of the verification until the fate of its message is known, it ends, or `signal` says so. Asks politely: first after two
   * seconds, then ever less often. `for await (const verification of session.watch({ signal })) …`
   */
  readonly watch: (options?: CallOptions) => AsyncIterable<Verification>;
  readonly toJSON: () => SessionState;
};
