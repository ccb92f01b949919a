import type { ScopeLimit, SendLimit } from "../../functions/policy/limits.ts";
import { LIMITS, limitsWith } from "../../functions/policy/limits.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import { scopeTermsOf } from "../../infra/sending-terms.ts";
import type { Stage } from "../../infra/stage.ts";

type Window = Pick<ScopeLimit, "max" | "windowSeconds">;

/** The rules that the functions run: the functions themselves, not a description. */
export type Policies = {
  readonly limits: {
    readonly codeDigits: number;
    readonly codeLifetimeSeconds: number;
    readonly checksPerVerification: number;
    readonly sendsPerNumber: readonly SendLimit[];
    readonly consecutiveFailures: number;
    readonly failureMemorySeconds: number;
    readonly sendsPerNumberWithTicket: readonly SendLimit[];
    readonly unverifiedSends: Readonly<Record<string, Window>>;
    readonly switchCacheSeconds: number;
    readonly proofLifetimeSeconds: number;
  };
  readonly judgePhone: typeof judgePhone;
};

export const POLICIES: Policies = { limits: LIMITS, judgePhone };

export function policiesOf(stage: Stage): Policies {
  const { limits: unverifiedSends } = scopeTermsOf(stage);
  return { ...POLICIES, limits: { ...LIMITS, ...limitsWith(stage.limits ?? {}), unverifiedSends } };
}
