import { LIMITS } from "../policy/limits.ts";
import { type Counted, unverifiedIn } from "./scopes.ts";

export const CHALLENGE_PROVIDERS = ["turnstile", "hcaptcha", "recaptcha"] as const;
export type ChallengeProvider = (typeof CHALLENGE_PROVIDERS)[number];

/** What a front end needs to show the widget. */
export type ChallengeWidget = {
  readonly provider: ChallengeProvider;
  readonly siteKey: string;
  /** What the token must have been made for. */
  readonly action: string;
};

/** What a stage decides of its challenge. */
export type ChallengeTerms = ChallengeWidget & {
  /** `always`, or only from a share of a scope's limit on. */
  readonly when: "always" | "under-pressure";
  /** What a start is worth whose token nobody could ask about. */
  readonly whenUnreachable: "refuse" | "allow";
};

/** `failed`: the token is false, used, too old, or was made elsewhere or for something else. */
export type ChallengeResult = "passed" | "failed" | "unreachable";

/** Asks whoever made the widget what its token is worth. Never throws. */
export type ChallengeVerifier = {
  readonly verify: (answer: {
    readonly token: string;
    readonly clientAddress: string | undefined;
  }) => Promise<ChallengeResult>;
};

/** Whether a start must show that a person is there. A returning ticket has shown it. */
export function isChallenged(
  { when }: Pick<ChallengeTerms, "when">,
  windows: readonly Counted[],
): boolean {
  return when === "always" || windows.some(isUnderPressure);
}

function isUnderPressure({ mode, max, charge }: Counted): boolean {
  return mode === "enforce" && unverifiedIn(charge) > max * LIMITS.challengeFromShareOfLimit;
}

export function hasPassed(
  result: ChallengeResult,
  { whenUnreachable }: Pick<ChallengeTerms, "whenUnreachable">,
): boolean {
  return result === "passed" || (result === "unreachable" && whenUnreachable === "allow");
}
