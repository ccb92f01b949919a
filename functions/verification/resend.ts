import { admit } from "./admission.ts";
import {
  type AttemptDeps,
  attempt,
  type Entry,
  leave,
  leaveUnsent,
  type SendAttempt,
  type SendIntent,
  UNPAID,
} from "./attempt.ts";
import { type ChannelSettings, channelsFor, handsTurnOn } from "./channels.ts";
import { drawCode, guessOf } from "./code.ts";
import { openContents } from "./contents.ts";
import { type DispatchDeps, dispatch, segmentsFor } from "./dispatch.ts";
import {
  epochOf,
  isWithinOneEpoch,
  keyOf,
  type Mac,
  type Phone,
  type VerificationId,
} from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Key, Keys, Random, VerificationStore } from "./ports.ts";
import { requestKeyOf } from "./request-key.ts";
import { scopesOf } from "./scopes.ts";
import {
  chargeFor,
  giveBack,
  reserve,
  type SpendStore,
  type SpendTerms,
  spendTermsAt,
} from "./spend.ts";
import { nextTurnAt, rowsFor } from "./turns.ts";
import {
  type Channel,
  type Instant,
  newestChannel,
  newestMac,
  statusAt,
  type Verification,
} from "./verification.ts";
import { type VerificationView, viewOf } from "./view.ts";

export type ResendDeps = DispatchDeps &
  Omit<AttemptDeps, "challenge"> & {
    readonly verifications: Pick<
      VerificationStore,
      "read" | "resend" | "undoResend" | "noteDelivery"
    >;
    readonly spend: SpendStore;
    readonly keys: Keys;
    readonly random: Random;
    readonly keyEpoch: number;
    readonly spendTerms: SpendTerms;
  };

export type ResendRequest = {
  readonly id: VerificationId;
  /** The way of the message before, where none is named. */
  readonly channel?: Channel | undefined;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The code of a message that failed: take its turn or none, and only while it is the newest. */
  readonly insteadOf?: Mac | undefined;
};

export type Resent = { readonly kind: "resent"; readonly view: VerificationView };

/**
 * Sends another code for a verification. It asks the same scopes, takes a turn of the number and costs the same as a start, and gives no new
 * checks. Older codes stay good until their own end, since messages arrive late and people type what they have.
 */
export async function resend(deps: ResendDeps, request: ResendRequest): Promise<Resent | Refusal> {
  if (!isWithinOneEpoch(request.id, deps.keyEpoch))
    return { kind: "refused", why: "verification-not-found" };
  const [index, codeKey, sealKey, item] = await Promise.all([
    deps.keys.index(),
    deps.keys.code(epochOf(request.id)),
    deps.keys.seal(epochOf(request.id)),
    deps.verifications.read(keyOf(request.id)),
  ]);
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  const { id, clientAddress } = request;
  const { to } = openContents(sealKey, { id, purpose: item.purpose }, item.sealed);
  const now = deps.clock();
  const requestKey = requestKeyOf(codeKey, "resend", request, deps.random);
  const { channel = newestChannel(item), insteadOf } = request;
  const plan = { id, to, now, codeKey, item, requestKey, channel, channels: deps.channels };
  const known = knownEnd(plan, item);
  if (known !== undefined) return known;
  const open = channelsFor(item.country, deps.channels);
  if (!open.includes(channel))
    return { kind: "refused", why: "channel-not-available", channels: open };
  if (insteadOf !== undefined && insteadOf !== newestMac(item))
    return { kind: "refused", why: "request-in-progress" };
  const { number, country, purpose, ticketedAt, isKnown = false } = item;
  const ticket = ticketedAt === undefined ? undefined : { issuedAt: ticketedAt };
  const scopes = scopesOf(index, deps.scopeTerms, { clientAddress, to, country });
  // An automatic step has no requester; the requester of the failed message is already counted.
  const ownScopes = insteadOf === undefined ? scopes : { ...scopes, client: [] };
  const requester = { now, scopes: ownScopes, ticket, isKnown, clientAddress };
  return attempt(
    deps,
    { of: "resend", number, country, channel, purpose, requester, ...handedOn(plan, insteadOf) },
    await admit(deps, requester, "client"),
    (entry) => sendNextCode(deps, plan, entry),
  );
}

type Plan = {
  readonly id: VerificationId;
  readonly to: Phone;
  readonly now: Instant;
  readonly codeKey: Key;
  readonly requestKey: Mac;
  readonly item: Verification;
  readonly channel: Channel;
  readonly channels: ChannelSettings;
};

/** The turn of the message that failed, where this one may take it over. */
function handedOn(
  { item, channel }: Plan,
  insteadOf: Mac | undefined,
): Pick<SendIntent, "failedTurn" | "onlyInstead"> {
  return {
    failedTurn: handsTurnOn(item, channel) ? item.turn : undefined,
    onlyInstead: insteadOf !== undefined,
  };
}

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

async function sendNextCode(
  deps: ResendDeps,
  plan: Plan,
  entry: Entry,
): Promise<SendAttempt<Resent>> {
  const { item, channel } = plan;
  const { now, standing, layouts } = entry;
  const spendTerms = spendTermsAt(deps.spendTerms, layouts, now);
  const segments = segmentsFor(deps, item);
  const charge = chargeFor(
    { ...deps, spendTerms },
    { country: item.country, channel, segments, isKnown: standing === "known", now },
  );
  const reservation = await reserve(deps.spend, spendTerms, { charge, standing, now });
  const { spentPercent } = reservation;
  if (reservation.kind === "refused") {
    await leave(deps, item, entry);
    const { retryAt } = reservation;
    return {
      outcome: { kind: "refused", why: "sending-paused", retryAt },
      ...UNPAID,
      spentPercent,
    };
  }
  const { outcome, isSent } = await putAndSend(deps, plan, entry);
  if (isSent) return { outcome, priceMicros: charge.micros, spentPercent };
  await Promise.all([leaveUnsent(deps, item, entry), giveBack(deps, charge)]);
  return { outcome, ...UNPAID, spentPercent };
}

/** `isSent`: whether this very call sent. Another one of the same request may have, and its answer is then the answer of both. */
type Sending = { readonly outcome: Resent | Refusal; readonly isSent: boolean };

/** Puts the code into the item and sends it. Of what did not go out the item keeps nothing. */
async function putAndSend(
  deps: ResendDeps,
  plan: Plan,
  { now, record, ticket, failedTurn }: Entry,
): Promise<Sending> {
  const { id, to, item, requestKey, channel, channels } = plan;
  const resendAt = nextTurnAt(record.turns, rowsFor(deps.limits, ticket));
  const { code, mac: codeMac } = drawUnused(deps.random, plan);
  const sent = { mac: codeMac, channel, expiresAt: now + deps.limits.codeLifetimeSeconds * 1_000 };
  const { key, delivery = "unknown", deliveryReason } = item;
  // A turn is handed on once.
  const turn = failedTurn === undefined ? now : undefined;
  const stamp = { requestKey, resendAt, turn, now };
  const write = await deps.verifications.resend({ key, code: sent, ...stamp });
  if (write.kind === "refused") return { outcome: lostRace(plan, write.item), isSent: false };
  const outcome = await dispatch(deps, { id, to, code, sent, verification: write.item, turn: now });
  if (!("kind" in outcome))
    return {
      outcome: { kind: "resent", view: viewOf(outcome, { id, to, now, channels }) },
      isSent: true,
    };
  const earlier = { resendAt: item.resendAt, delivery, deliveryReason, turn: item.turn };
  await deps.verifications.undoResend({ key, code: codeMac, ...earlier });
  return { outcome, isSent: false };
}

function lostRace(plan: Plan, item: Verification | undefined): Resent | Refusal {
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  return knownEnd(plan, item) ?? { kind: "refused", why: "request-in-progress" };
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
