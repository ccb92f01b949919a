import { keyOf, type VerificationId } from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, VerificationStore } from "./ports.ts";
import { isApproved } from "./verification.ts";

type CancelDeps = {
  readonly verifications: Pick<VerificationStore, "cancel">;
  readonly clock: Clock;
};

export type Canceled = { readonly kind: "canceled" };

/** Ends a verification ("wrong number"). Canceling twice is canceling once; an approved verification stays approved. */
export async function cancel(
  { verifications, clock }: CancelDeps,
  { id }: { readonly id: VerificationId },
): Promise<Canceled | Refusal> {
  const { kind, item } = await verifications.cancel(keyOf(id), clock());
  // Stryker disable next-line ConditionalExpression,StringLiteral: what a store takes was not approved, and the last line says the same of it
  if (kind === "taken") return { kind: "canceled" };
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  return isApproved(item)
    ? { kind: "refused", why: "verification-ended", status: "approved" }
    : { kind: "canceled" };
}
