import type { Challenge, Channel, CheckMiss } from "../api.ts";
import type { Session } from "../outcomes.ts";
import type { TextKey } from "./texts.ts";

/** Where the person is. */
export type Step = "number" | "code" | "ended" | "approved";

/** A message by its meaning: the language may change while it is shown. */
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
  /** It is awaited for longer than people expect. */
  readonly isSlow: boolean;
  /** The browser believes that it has no network; the request goes out when there is one. */
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
