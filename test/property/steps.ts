import type { ClientIndex } from "../model/counts.ts";

/** A code by what it is to the verification: its n-th newest, the one typed last, or any of the pool. */
export type Typed =
  | { readonly code: "sent"; readonly newest: number }
  | { readonly code: "typed last" }
  | { readonly code: "any"; readonly index: number };

/** What a step that sends brings along: its idempotency key, where in the pool the code is drawn, what the provider does, and how many steps old a plain read is. */
type Sending = {
  readonly request?: string | undefined;
  readonly draw: number;
  readonly provider: "accepted" | "refused" | "unknown";
  readonly stale: number;
};

/**
 * One thing that happens. A verification is told by its place, 0 the latest, and one too many is one that nobody knows. Plain reads may be
 * some steps old, since no decision may rest on one.
 */
export type Step =
  | (Sending & {
      readonly act: "start";
      readonly number: number;
      readonly client: ClientIndex;
      readonly purpose: "login" | "signup";
      readonly nonce?: string | undefined;
    })
  | (Sending & { readonly act: "resend"; readonly of: number })
  | {
      readonly act: "check";
      readonly of: number;
      readonly typed: Typed;
      readonly request?: string | undefined;
    }
  | { readonly act: "cancel"; readonly of: number }
  | { readonly act: "show"; readonly of: number; readonly stale: number }
  | { readonly act: "wait"; readonly milliseconds: number };

export type StepOf<Act extends Step["act"]> = Extract<Step, { act: Act }>;

/** Few enough that a code drawn is often one that was tried or sent before; more than the eight that one verification can hold. */
export const POOL = [
  ...["000042", "000700", "100200", "271828", "314159", "500005", "654320", "777770", "808017"],
  "999998",
] as const;

export const NUMBERS = ["+447700900001", "+447700900002", "+447700900003"] as const;

export const wait = (seconds: number): Step => ({ act: "wait", milliseconds: seconds * 1_000 });

const SENDING = { draw: 0, provider: "accepted", stale: 0 } as const;

/** A start draws the first code of the pool. */
export function start(changes: Partial<StepOf<"start">> = {}): Step {
  return { act: "start", number: 0, client: 1, purpose: "login", ...SENDING, ...changes };
}

/** A resend draws the code at `draw`, knowing the verification as it was `stale` steps ago. */
export function resend(draw: number, stale = 0, request?: string): Step {
  return { act: "resend", of: 0, ...SENDING, draw, stale, request };
}

/** Types the code at `index` of the pool. */
export function guess(index: number, request?: string): StepOf<"check"> {
  return { act: "check", of: 0, typed: { code: "any", index }, request };
}

/** Types a code that was sent: 0 the newest. */
export function type(newest: number, request?: string): Step {
  return { act: "check", of: 0, typed: { code: "sent", newest }, request };
}
