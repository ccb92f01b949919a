import { handsTurnOn, nextChannel } from "./channels.ts";
import { keyOf, type Mac, type VerificationId } from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import { type ResendDeps, type Resent, resend } from "./resend.ts";
import { newestMac } from "./verification.ts";

/** The failed message: the step is taken after this one, or not at all. */
export type FailedMessage = { readonly id: VerificationId; readonly code: Mac };

/**
 * Takes the next step of the plan after a definitely failed message. It is a resend with its limits, its price and its checks, that takes the
 * failed message's turn or none. A repeated report is the same request, and is done once.
 */
export async function takeNextStep(
  deps: ResendDeps,
  { id, code }: FailedMessage,
): Promise<Resent | Refusal | { readonly kind: "nothing-to-do" }> {
  const item = await deps.verifications.read(keyOf(id));
  if (item === undefined || newestMac(item) !== code) return { kind: "nothing-to-do" };
  const { plan, isPlanAutomatic } = deps.channels;
  const channel = nextChannel(item, deps.clock(), deps.channels);
  const step = plan.find((way) => way === channel);
  if (!isPlanAutomatic || step === undefined || !handsTurnOn(item, step))
    return { kind: "nothing-to-do" };
  return resend(deps, {
    id,
    channel: step,
    idempotencyKey: `the step after ${code}`,
    insteadOf: code,
  });
}
