import { LIMITS } from "../policy/limits.ts";
import { type Counted, unverifiedIn, unverifiedToday } from "./scopes.ts";

export const CHALLENGE_PROVIDERS = ["turnstile", "hcaptcha", "recaptcha"] as const;
export type ChallengeProvider = (typeof CHALLENGE_PROVIDERS)[number];

/** The parameters of the widget for a front end. */
export type ChallengeWidget = {
  readonly provider: ChallengeProvider;
  readonly siteKey: string;
  /** The action that the token must have been made for. */
  readonly action: string;
};

/** The challenge of a stage. */
export type ChallengeTerms = ChallengeWidget & {
  /** `always`, or from a share of a scope's limit on. */
  readonly when: "always" | "under-pressure";
  /** The treatment of a start whose token could not be verified. */
  readonly whenUnreachable: "refuse" | "allow";
};

/** `failed`: the token is false, used or too old, or was made elsewhere or for another action. */
export type ChallengeResult = "passed" | "failed" | "unreachable";

/** Verifies a token at the provider of the widget. Never throws. */
export type ChallengeVerifier = {
  readonly verify: (answer: {
    readonly token: string;
    readonly clientAddress: string | undefined;
  }) => Promise<ChallengeResult>;
};

/** Whether a start must pass the challenge. A returning ticket passes it. */
export function isChallenged(
  { when }: Pick<ChallengeTerms, "when">,
  windows: readonly Counted[],
): boolean {
  return when === "always" || windows.some(isUnderPressure);
}

/** Whether the country or the service is under pressure and this client is above its daily limit for that. */
export function isAboveDailyShare(client: readonly Counted[], shared: readonly Counted[]): boolean {
  return (
    shared.some((counted) => counted.kind !== "range" && isUnderPressure(counted)) &&
    client.some(
      (counted) =>
        counted.mode === "enforce" &&
        counted.day !== undefined &&
        unverifiedToday(counted) > counted.day.maxUnderPressure,
    )
  );
}

function isDayPressed({ day, charge }: Pick<Counted, "day" | "charge">): boolean {
  if (day === undefined || charge.kind === "full") return false;
  const { askFrom, askFromSends: most } = day;
  const { today = 0, sends = { window: 0, day: 0 } } = charge;
  const isBusy = most !== undefined && (sends.window > most.window || sends.day > most.day);
  return today > askFrom || isBusy;
}

function isUnderPressure(counted: Counted): boolean {
  const { mode, max, charge } = counted;
  if (mode !== "enforce") return false;
  if (unverifiedIn(charge) > max * LIMITS.challengeFromShareOfLimit) return true;
  return isDayPressed(counted);
}

export function hasPassed(
  result: ChallengeResult,
  { whenUnreachable }: Pick<ChallengeTerms, "whenUnreachable">,
): boolean {
  return result === "passed" || (result === "unreachable" && whenUnreachable === "allow");
}
