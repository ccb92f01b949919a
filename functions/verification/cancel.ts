import { keyOf, type VerificationId } from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, VerificationStore } from "./ports.ts";
import { isApproved } from "./verification.ts";

type CancelWorld = {
  readonly verifications: Pick<VerificationStore, "cancel">;
  readonly clock: Clock;
};

export type Canceled = { readonly kind: "canceled" };

/** Ends a verification ("wrong number"). Canceling twice is canceling once; what is approved stays approved. */
export async function cancel(
  { verifications, clock }: CancelWorld,
  { id }: { readonly id: VerificationId },
): Promise<Canceled | Refusal> {
  const { item } = await verifications.cancel(keyOf(id), clock());
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  return isApproved(item)
    ? { kind: "refused", why: "verification-ended", status: "approved" }
    : { kind: "canceled" };
}
