import { keyOf, type VerificationId } from "./identifiers.ts";
import type { Journal } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, VerificationStore } from "./ports.ts";
import { isApproved, newestChannel } from "./verification.ts";

type CancelDeps = {
  readonly verifications: Pick<VerificationStore, "cancel">;
  readonly clock: Clock;
  readonly journal: Journal;
};

export type Canceled = { readonly kind: "canceled" };

/** Ends a verification ("wrong number"). Canceling twice is canceling once; an approved verification stays approved. */
export async function cancel(
  { verifications, clock, journal }: CancelDeps,
  { id }: { readonly id: VerificationId },
): Promise<Canceled | Refusal> {
  const { kind, item } = await verifications.cancel(keyOf(id), clock());
  if (kind === "taken") {
    const { key: verification, reference, country } = item;
    const channel = newestChannel(item);
    journal({ event: "cancel", verification, reference, country, channel });
    return { kind: "canceled" };
  }
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  return isApproved(item)
    ? { kind: "refused", why: "verification-ended", status: "approved" }
    : { kind: "canceled" };
}
