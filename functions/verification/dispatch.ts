import type { Mac, Phone } from "./identifiers.ts";
import type { OfferedLocales } from "./locale.ts";
import { composeSms } from "./message.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, FaultLog, MessageSender, VerificationStore } from "./ports.ts";
import type { SentCode, Verification } from "./verification.ts";

export type DispatchWorld = {
  readonly verifications: Pick<VerificationStore, "noteDelivery">;
  readonly sender: MessageSender;
  readonly clock: Clock;
  readonly logFault: FaultLog;
  readonly brand: string;
  readonly locales: OfferedLocales;
};

export type Parcel = {
  readonly to: Phone;
  readonly code: string;
  readonly sent: SentCode;
  readonly verification: Verification;
};

/**
 * Hands one code to the provider. After a definite refusal the caller undoes what it wrote, and the number's turn last: while the turn is
 * held nobody else can write a code. Without an answer the message may be on its way, so the turn stays spent and nothing is sent twice.
 */
export async function dispatch(
  world: DispatchWorld,
  parcel: Parcel,
): Promise<Verification | Refusal> {
  const { verification, sent, to } = parcel;
  const lifetimeSeconds = Math.floor((sent.expiresAt - world.clock()) / 1_000);
  const { text } = composeSms({
    purpose: verification.purpose,
    locale: world.locales[0],
    brand: world.brand,
    code: parcel.code,
    lifetimeSeconds,
  });
  const outcome = await world.sender.send({ to, text, lifetimeSeconds });
  if (outcome.kind === "refused") return outcome;
  const delivery = outcome.kind === "accepted" ? "queued" : "unknown";
  const messageSid = outcome.kind === "accepted" ? outcome.messageSid : undefined;
  await noteDelivery(world, { key: verification.key, code: sent.mac, delivery, messageSid });
  return { ...verification, delivery };
}

/** The message is out: a lost note must not tell the caller otherwise. */
async function noteDelivery(
  world: DispatchWorld,
  note: Parameters<VerificationStore["noteDelivery"]>[0] & { readonly code: Mac },
): Promise<void> {
  try {
    await world.verifications.noteDelivery(note);
  } catch (fault) {
    world.logFault("delivery-not-noted", fault);
  }
}
