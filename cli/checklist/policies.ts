import { VERIFICATION_CONDITIONS } from "../../functions/adapters/dynamodb/verifications.ts";
import { cryptoRandom } from "../../functions/adapters/node/random.ts";
import { SAFE_HEADERS } from "../../functions/http/answer.ts";
import type { ScopeLimit, SendLimit } from "../../functions/policy/limits.ts";
import { LIMITS, limitsWith } from "../../functions/policy/limits.ts";
import { drawCode } from "../../functions/verification/code.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import type { Random } from "../../functions/verification/ports.ts";
import { viewOf } from "../../functions/verification/view.ts";
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
  readonly safeHeaders: Readonly<Record<string, string>>;
  /** The conditions of the write that counts a check. */
  readonly checkConditions: readonly string[];
  readonly random: Random;
  readonly drawCode: typeof drawCode;
  readonly judgePhone: typeof judgePhone;
  readonly viewOf: typeof viewOf;
};

export const POLICIES: Policies = {
  limits: LIMITS,
  safeHeaders: SAFE_HEADERS,
  checkConditions: Object.values(VERIFICATION_CONDITIONS.check),
  random: cryptoRandom,
  drawCode,
  judgePhone,
  viewOf,
};

/** The policies with the limits of a stage. */
export function policiesOf(stage: Stage): Policies {
  const { limits: unverifiedSends } = scopeTermsOf(stage);
  return {
    ...POLICIES,
    limits: { ...LIMITS, ...limitsWith(stage.limits ?? {}), unverifiedSends },
  };
}
