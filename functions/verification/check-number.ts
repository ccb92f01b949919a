import { type CheckDeps, type Checked, check } from "./check.ts";
import type { VerificationId } from "./identifiers.ts";
import { type NewestStore, newestOf } from "./newest.ts";
import type { Refusal } from "./outcomes.ts";
import { judgePhone } from "./phone-policy.ts";
import type { PhoneSettings } from "./phone-verdict.ts";

export type CheckNumberDeps = CheckDeps & PhoneSettings & { readonly numbers: NewestStore };

/**
 * Checks the newest verification that an app has started for a number, with the same write as a check by id. A number that no message could
 * have gone to has none.
 */
export async function checkNumber(
  deps: CheckNumberDeps,
  request: {
    readonly app: string;
    readonly to: string;
    readonly code: string;
    readonly clientAddress?: string | undefined;
    readonly idempotencyKey?: string | undefined;
  },
): Promise<(Checked & { readonly id: VerificationId }) | Refusal> {
  const { app, to, ...rest } = request;
  const verdict = judgePhone(to, deps);
  if (verdict.kind === "refused") return verdict;
  const id = await newestOf(deps, { app, to: verdict.phone });
  if (id === undefined) return { kind: "refused", why: "verification-not-found" };
  const outcome = await check(deps, { ...rest, id });
  return outcome.kind === "refused" ? outcome : { ...outcome, id };
}
