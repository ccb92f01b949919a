import { LIMITS } from "../policy/limits.ts";
import { type ChannelSettings, channelsFor, handsTurnOn } from "./channels.ts";
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
import type {
  Key,
  Keys,
  NumberBook,
  NumberStore,
  Random,
  SendingSwitch,
  VerificationStore,
} from "./ports.ts";
import { requestKeyOf } from "./request-key.ts";
import { nextTurnAt, type TurnRefusal, turnRefusal } from "./turns.ts";
import {
  type Channel,
  type Instant,
  newestChannel,
  statusAt,
  type Verification,
} from "./verification.ts";
import { type VerificationView, viewOf } from "./view.ts";

export type ResendWorld = DispatchWorld & {
  readonly verifications: Pick<
    VerificationStore,
    "read" | "resend" | "undoResend" | "noteDelivery"
  >;
  readonly numbers: Pick<
    NumberStore,
    "takeTurn" | "returnTurn" | "replaceTurn" | "undoReplacement"
  >;
  readonly sendingSwitch: SendingSwitch;
  readonly keys: Pick<Keys, "code" | "seal" | "callback">;
  readonly random: Random;
  readonly keyEpoch: number;
};

export type ResendRequest = {
  readonly id: VerificationId;
  /** The way of the message before, where none is named. */
  readonly channel?: Channel | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The code of a message that failed: take its turn or none, and only while it is the newest. */
  readonly insteadOf?: Mac | undefined;
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
    channel: request.channel ?? newestChannel(item),
    insteadOf: request.insteadOf,
    channels: world.channels,
    requestKey: requestKeyOf(codeKey, "resend", request, world.random),
  };
  if (request.insteadOf !== undefined && request.insteadOf !== item.codes[0]?.mac)
    return { kind: "refused", why: "request-in-progress" };
  const known = knownEnd(plan, item);
  if (known !== undefined) return known;
  const open = channelsFor(item.country, world.channels);
  if (!open.includes(plan.channel))
    return { kind: "refused", why: "channel-not-available", channels: open };
  return isPaused ? { kind: "refused", why: "sending-paused" } : sendNextCode(world, plan);
}

type Plan = {
  readonly id: VerificationId;
  readonly to: Phone;
  readonly now: Instant;
  readonly codeKey: Key;
  readonly requestKey: Mac;
  readonly item: Verification;
  readonly channel: Channel;
  readonly insteadOf: Mac | undefined;
  readonly channels: ChannelSettings;
};

/** What an item says without a write: this very request is done already, or the verification has ended. */
function knownEnd(
  { id, to, now, requestKey, channels }: Plan,
  item: Verification,
): Resent | Refusal | undefined {
  if (item.lastResendKey === requestKey)
    return { kind: "resent", view: viewOf(item, { id, to, now, channels }) };
  const status = statusAt(item, now);
  return status === "pending" ? undefined : { kind: "refused", why: "verification-ended", status };
}

async function sendNextCode(world: ResendWorld, plan: Plan): Promise<Resent | Refusal> {
  const { id, to, now, item, requestKey, channel } = plan;
  const turn = await turnFor(world, plan);
  if (turn.kind === "refused") return turn;
  const { code, mac: codeMac } = drawUnused(world.random, plan);
  const sent = { mac: codeMac, channel, expiresAt: now + LIMITS.codeLifetimeSeconds * 1_000 };
  const write = await world.verifications.resend({
    key: item.key,
    code: sent,
    requestKey,
    resendAt: nextTurnAt(turn.book.turns),
    turn: turn.isReplacement ? undefined : now,
    now,
  });
  if (write.kind === "refused") {
    await turn.giveBack();
    if (write.item === undefined) return { kind: "refused", why: "verification-not-found" };
    return knownEnd(plan, write.item) ?? { kind: "refused", why: "request-in-progress" };
  }
  const outcome = await dispatch(world, { id, to, code, sent, verification: write.item });
  if ("kind" in outcome) {
    const { key, resendAt, delivery = "unknown", deliveryReason, turn: before } = item;
    const earlier = { resendAt, delivery, deliveryReason, turn: before };
    await world.verifications.undoResend({ key, code: codeMac, ...earlier });
    await turn.giveBack();
    return outcome;
  }
  return { kind: "resent", view: viewOf(outcome, { id, to, now, channels: world.channels }) };
}

type Turn = {
  readonly kind: "taken";
  readonly book: NumberBook;
  readonly isReplacement: boolean;
  readonly giveBack: () => Promise<void>;
};

/** The turn of the message that failed, where this one may take it over; else one of its own. */
async function turnFor(
  { numbers }: Pick<ResendWorld, "numbers">,
  { item, channel, now, insteadOf }: Plan,
): Promise<Turn | TurnRefusal> {
  const { number } = item;
  if (handsTurnOn(item, channel)) {
    const turns = { failed: item.turn, now };
    const { kind, item: book } = await numbers.replaceTurn(number, turns);
    const giveBack = () => numbers.undoReplacement(number, turns);
    if (kind === "taken") return { kind, book, isReplacement: true, giveBack };
  }
  if (insteadOf !== undefined) return turnRefusal(undefined, now);
  const { kind, item: book } = await numbers.takeTurn(number, now);
  if (kind === "refused") return turnRefusal(book, now);
  return {
    kind,
    book,
    isReplacement: false,
    giveBack: () => numbers.returnTurn(number, now),
  };
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
