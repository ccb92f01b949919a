import type { Challenge, Channel, CheckMiss } from "../api.ts";
import type { Session } from "../outcomes.ts";
import type { TextKey } from "./texts.ts";

/** The step of the form. */
export type Step = "number" | "code" | "ended" | "approved";

/** A notice by its key, because the language may change while it is shown. */
export type Told = {
  readonly key: TextKey;
  readonly isFault: boolean;
  readonly count?: number;
  /** Unix milliseconds; shown as a wait. */
  readonly retryAt?: number;
};

export type State = {
  readonly step: Step;
  /** An answer is awaited. */
  readonly isBusy: boolean;
  /** The button that started it: `send`, `check`, or the channel of another code. */
  readonly busyWith?: string | undefined;
  /** The answer is late. */
  readonly isSlow: boolean;
  /** The browser reports no network; the request is sent when there is one. */
  readonly isOffline: boolean;
  readonly told?: Told | undefined;
  /** The number that was typed may not be sent a code before. Unix milliseconds. */
  readonly sendAt?: number | undefined;
  readonly channel?: Channel | undefined;
  readonly session?: Session | undefined;
  /** The number as the person typed it; unknown after a reload, when there is the masked one. */
  readonly typedNumber?: string | undefined;
  readonly end?: Exclude<CheckMiss, "incorrect" | "code-expired"> | "proof-expired" | undefined;
  readonly challenge?: Challenge | undefined;
};

export const AT_FIRST: State = { step: "number", isBusy: false, isSlow: false, isOffline: false };
