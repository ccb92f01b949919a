import type { STATE_VERSION } from "./answers.ts";
import type { Challenge, Channel, CheckMiss, ProblemCode, Status, Verification } from "./api.ts";

/**
 * The text to show: one key for each message to a person. A newer deployment may have keys that are not here; beside a problem there
 * is its `title` for them.
 */
export type MessageKey = ProblemCode | CheckMiss | "no-answer" | (string & {});

/**
 * A request that was refused. `no-answer` is the client's own code: no readable answer came in time, and the request may or may not have been
 * done. It is safe to ask the same again: the service recognizes its key.
 */
export type Problem = {
  readonly kind: "problem";
  readonly code: ProblemCode | "no-answer" | (string & {});
  /** The same as the code. */
  readonly messageKey: MessageKey;
  /** A sentence in English for the person at the screen, where the service sent one. */
  readonly title: string;
  /** HTTP status; 0 beside `no-answer`. */
  readonly status: number;
  /** When asking again can help. */
  readonly retryAfterSeconds?: number;
  /** Beside `phone-not-allowed`: why, such as `landline`. */
  readonly reason?: string;
  /** A JSON pointer to the field that is wrong. */
  readonly pointer?: string;
  /** Beside `verification-ended`: how. */
  readonly verificationStatus?: Status;
  /** Beside `challenge-required`: show this, then start again with its token. */
  readonly challenge?: Challenge;
  /** For a support ticket: the request's id. */
  readonly instance?: string;
};

/** The caller's own signal ended the wait. The request may have been done. */
export type Aborted = { readonly kind: "aborted" };

/** The result of a start: the session, a problem, or an abort by the caller. */
export type StartOutcome =
  | { readonly kind: "started"; readonly session: Session }
  | Problem
  | Aborted;

/** The result of a check: the proof, why the code proves nothing, a problem, or an abort by the caller. */
export type CheckOutcome =
  | {
      readonly kind: "approved";
      /** For the back end: a JWT, good for five minutes at most. */
      readonly proof: string;
      readonly checksRemaining: number;
    }
  | {
      readonly kind: "not-approved";
      readonly result: CheckMiss;
      readonly messageKey: CheckMiss;
      readonly status: Status;
      readonly checksRemaining: number;
    }
  | Problem
  | Aborted;

/** The result of reading a verification. */
export type ShowOutcome =
  | { readonly kind: "shown"; readonly verification: Verification }
  | Problem
  | Aborted;

/** The result of a resend. */
export type ResendOutcome =
  | { readonly kind: "resent"; readonly verification: Verification }
  | Problem
  | Aborted;

/** The result of a cancellation. */
export type CancelOutcome = { readonly kind: "canceled" } | Problem | Aborted;

/** The options of each call: a signal that ends its wait. */
export type CallOptions = { readonly signal?: AbortSignal | undefined };

/** Plain JSON that a page keeps over a reload (`sessionStorage`). It is as secret as the verification's id, which is in it. */
export type SessionState = {
  /** The version of this form. State of another version of the package is dropped. */
  readonly version: typeof STATE_VERSION;
  readonly verification: Verification;
  /** The clock of the service minus that of the device. */
  readonly aheadMilliseconds: number;
  /** The number's ticket goes here after an approval. */
  readonly ticketKey: string;
  /** Idempotency keys of unanswered requests, so that a repetition after a reload is the same request. */
  readonly keys: Readonly<Record<string, string>>;
};

/** One verification. No method throws. */
export type Session = {
  /** As it was last seen. */
  readonly verification: Verification;
  /** A code whose check has no certain end, or has approved: after a reload, check it again. */
  readonly openCode: string | undefined;
  /** Whole seconds from now, rounded up, 0 where it is past; correct on a device with a wrong clock. */
  readonly waits: () => { readonly resendSeconds: number; readonly expirySeconds: number };
  /** A wrong code is an outcome, not an error. Spaces, hyphens, invisible characters and the script of the digits do not matter. */
  readonly check: (code: string, options?: CallOptions) => Promise<CheckOutcome>;
  readonly resend: (
    options?: CallOptions & { readonly channel?: Channel | undefined },
  ) => Promise<ResendOutcome>;
  readonly show: (options?: CallOptions) => Promise<ShowOutcome>;
  /** "Wrong number". */
  readonly cancel: (options?: CallOptions) => Promise<CancelOutcome>;
  /**
   * The verification now and at each change, until the delivery of its message is final, it ends, or `signal` aborts. The first request is after two seconds, later ones are rarer. `for await (const verification of session.watch({ signal })) …`
   */
  readonly watch: (options?: CallOptions) => AsyncIterable<Verification>;
  readonly toJSON: () => SessionState;
};
