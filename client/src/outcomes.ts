import type { Challenge, CheckMiss, ProblemCode, Status, Verification } from "./api.ts";
import type { Session } from "./session.ts";

/**
 * The text to show: one key for each thing that a person can be told. A newer deployment may have keys that are not here; beside a problem there
 * is its `title` for them.
 */
export type MessageKey = ProblemCode | CheckMiss | "no-answer" | (string & {});

/**
 * A request that was not granted. `no-answer` is the client's own code: nothing readable came back in time, and the request may or may not
 * have been done. Asking the same again is safe: it is known again by its key.
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

/** The caller's own signal ended the wait. What was asked may have been done all the same. */
export type Aborted = { readonly kind: "aborted" };

export type StartOutcome =
  | { readonly kind: "started"; readonly session: Session }
  | Problem
  | Aborted;

export type CheckOutcome =
  | {
      readonly kind: "approved";
      /** For the back end: a JWT, good for five minutes. */
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

export type ShowOutcome =
  | { readonly kind: "shown"; readonly verification: Verification }
  | Problem
  | Aborted;

export type ResendOutcome =
  | { readonly kind: "resent"; readonly verification: Verification }
  | Problem
  | Aborted;

export type CancelOutcome = { readonly kind: "canceled" } | Problem | Aborted;
