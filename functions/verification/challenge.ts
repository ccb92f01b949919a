import { LIMITS } from "../policy/limits.ts";
import { type Counted, unverifiedIn, unverifiedToday } from "./scopes.ts";

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

/** Whether the service asks everybody and this client owes more of its day than it then may. */
export function isCrowdedOut(client: readonly Counted[], shared: readonly Counted[]): boolean {
  const isPressed = shared.some(
    ({ kind, ...counted }) => kind === "service" && isDayPressed(counted),
  );
  return (
    isPressed &&
    client.some(
      (counted) =>
        counted.mode === "enforce" &&
        counted.day !== undefined &&
        unverifiedToday(counted) > counted.day.maxUnderPressure,
    )
  );
}

function isDayPressed({ day, charge }: Pick<Counted, "day" | "charge">): boolean {
  if (day === undefined || charge.kind !== "counted") return false;
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
