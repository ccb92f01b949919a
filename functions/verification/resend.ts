import { LIMITS } from "../policy/limits.ts";
import { drawCode, guessOf } from "./code.ts";
import { openContents } from "./contents.ts";
import { type DispatchWorld, dispatch } from "./dispatch.ts";
import {
  epochOf,
  isWithinOneEpoch,
  keyOf,
  type Mac,
  type Phone,
  type VerificationId,
} from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Key, Keys, NumberStore, Random, SendingSwitch, VerificationStore } from "./ports.ts";
import { requestKeyOf } from "./request-key.ts";
import { nextTurnAt, turnRefusal } from "./turns.ts";
import {
  type Instant,
  statusAt,
  type Verification,
  type VerificationView,
  viewOf,
} from "./verification.ts";

export type ResendWorld = DispatchWorld & {
  readonly verifications: Pick<
    VerificationStore,
    "read" | "resend" | "undoResend" | "noteDelivery"
  >;
  readonly numbers: Pick<NumberStore, "takeTurn" | "returnTurn">;
  readonly sendingSwitch: SendingSwitch;
  readonly keys: Pick<Keys, "code" | "seal">;
  readonly random: Random;
  readonly keyEpoch: number;
};

export type ResendRequest = {
  readonly id: VerificationId;
  readonly idempotencyKey?: string | undefined;
};

export type Resent = { readonly kind: "resent"; readonly view: VerificationView };

/**
 * Sends another code for a verification. It takes a turn of the number like any message, and gives no new checks. Older codes stay good
 * until their own end, since messages arrive late and people type what they have.
 */
export async function resend(
  world: ResendWorld,
  request: ResendRequest,
): Promise<Resent | Refusal> {
  if (!isWithinOneEpoch(request.id, world.keyEpoch))
    return { kind: "refused", why: "verification-not-found" };
  const [codeKey, sealKey, item, isPaused] = await Promise.all([
    world.keys.code(epochOf(request.id)),
    world.keys.seal(epochOf(request.id)),
    world.verifications.read(keyOf(request.id)),
    world.sendingSwitch.isPaused(),
  ]);
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  const { to } = openContents(sealKey, { id: request.id, purpose: item.purpose }, item.sealed);
  const now = world.clock();
  const plan = {
    id: request.id,
    to,
    now,
    codeKey,
    item,
    requestKey: requestKeyOf(codeKey, "resend", request, world.random),
  };
  const known = knownEnd(plan, item);
  if (known !== undefined) return known;
  return isPaused ? { kind: "refused", why: "sending-paused" } : sendNextCode(world, plan);
}

type Plan = {
  readonly id: VerificationId;
  readonly to: Phone;
  readonly now: Instant;
  readonly codeKey: Key;
  readonly requestKey: Mac;
  readonly item: Verification;
};

/** What an item says without a write: this very request is done already, or the verification has ended. */
function knownEnd(
  { id, to, now, requestKey }: Plan,
  item: Verification,
): Resent | Refusal | undefined {
  if (item.lastResendKey === requestKey)
    return { kind: "resent", view: viewOf(item, { id, to, now }) };
  const status = statusAt(item, now);
  return status === "pending" ? undefined : { kind: "refused", why: "verification-ended", status };
}

async function sendNextCode(world: ResendWorld, plan: Plan): Promise<Resent | Refusal> {
  const { id, to, now, item, requestKey } = plan;
  const turn = await world.numbers.takeTurn(item.number, now);
  if (turn.kind === "refused") return turnRefusal(turn.item, now);
  const { code, mac: codeMac } = drawUnused(world.random, plan);
  const sent = { mac: codeMac, expiresAt: now + LIMITS.codeLifetimeSeconds * 1_000 };
  const resendAt = nextTurnAt(turn.item.turns);
  const write = await world.verifications.resend({
    key: item.key,
    code: sent,
    requestKey,
    resendAt,
    now,
  });
  if (write.kind === "refused") {
    await world.numbers.returnTurn(item.number, now);
    if (write.item === undefined) return { kind: "refused", why: "verification-not-found" };
    return knownEnd(plan, write.item) ?? { kind: "refused", why: "request-in-progress" };
  }
  const outcome = await dispatch(world, { to, code, sent, verification: write.item });
  if ("kind" in outcome) {
    const { key, delivery = "unknown" } = item;
    await world.verifications.undoResend({ key, code: codeMac, resendAt: item.resendAt, delivery });
    await world.numbers.returnTurn(item.number, now);
    return outcome;
  }
  return { kind: "resent", view: viewOf(outcome, { id, to, now }) };
}

/** A code that was neither sent nor tried in this verification: a guess that was wrong once must not become right. */
function drawUnused(
  random: Random,
  { codeKey, id, item }: Plan,
): { readonly code: string; readonly mac: Mac } {
  for (;;) {
    const code = drawCode(random, item.codeLength);
    const codeMac = guessOf(codeKey, id, code);
    if (!item.tried.has(codeMac) && item.codes.every((sent) => sent.mac !== codeMac))
      return { code, mac: codeMac };
  }
}
