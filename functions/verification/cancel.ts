import { appOf, keyOf, type VerificationId } from "./identifiers.ts";
import type { Journal } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, VerificationStore } from "./ports.ts";
import { isApproved, newestChannel } from "./verification.ts";

type CancelDeps = {
  readonly verifications: Pick<VerificationStore, "cancel">;
  readonly clock: Clock;
  readonly journal: Journal;
  /** The name of the app whose requests these are; nothing for the stage's own. */
  readonly app?: string | undefined;
};

export type Canceled = { readonly kind: "canceled" };

/** Ends a verification ("wrong number"). Canceling twice is canceling once; an approved verification stays approved. */
export async function cancel(
  { verifications, clock, journal, app }: CancelDeps,
  { id }: { readonly id: VerificationId },
): Promise<Canceled | Refusal> {
  if (appOf(id) !== app) return { kind: "refused", why: "verification-not-found" };
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
