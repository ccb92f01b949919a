import { LIMITS } from "../policy/limits.ts";
import { admit } from "./admission.ts";
import {
  type AttemptWorld,
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
import { type DispatchWorld, dispatch, segmentsFor } from "./dispatch.ts";
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
import { bookingFor, giveBack, reserve, type SpendStore, type SpendTerms } from "./spend.ts";
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

export type ResendWorld = DispatchWorld &
  Omit<AttemptWorld, "challenge"> & {
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
export async function resend(
  world: ResendWorld,
  request: ResendRequest,
): Promise<Resent | Refusal> {
  if (!isWithinOneEpoch(request.id, world.keyEpoch))
    return { kind: "refused", why: "verification-not-found" };
  const [index, codeKey, sealKey, item] = await Promise.all([
    world.keys.index(),
    world.keys.code(epochOf(request.id)),
    world.keys.seal(epochOf(request.id)),
    world.verifications.read(keyOf(request.id)),
  ]);
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  const { id, clientAddress } = request;
  const { to } = openContents(sealKey, { id, purpose: item.purpose }, item.sealed);
  const now = world.clock();
  const requestKey = requestKeyOf(codeKey, "resend", request, world.random);
  const { channel = newestChannel(item), insteadOf } = request;
  const plan = { id, to, now, codeKey, item, requestKey, channel, channels: world.channels };
  const known = knownEnd(plan, item);
  if (known !== undefined) return known;
  const open = channelsFor(item.country, world.channels);
  if (!open.includes(channel))
    return { kind: "refused", why: "channel-not-available", channels: open };
  if (insteadOf !== undefined && insteadOf !== newestMac(item))
    return { kind: "refused", why: "request-in-progress" };
  const { number, country, purpose, ticketedAt } = item;
  const ticket = ticketedAt === undefined ? undefined : { issuedAt: ticketedAt };
  const scopes = scopesOf(index, world.scopeTerms, { clientAddress, to, country });
  // Nobody asks for a step that is taken by itself; who asked for the message that failed is booked with that.
  const ownScopes = insteadOf === undefined ? scopes : { ...scopes, client: [] };
  const applicant = { now, scopes: ownScopes, ticket, clientAddress };
  return attempt(
    world,
    { of: "resend", number, country, channel, purpose, applicant, ...handedOn(plan, insteadOf) },
    await admit(world, applicant, "client"),
    (entry) => sendNextCode(world, plan, entry),
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
  world: ResendWorld,
  plan: Plan,
  entry: Entry,
): Promise<SendAttempt<Resent>> {
  const { item, channel } = plan;
  const { now, ticket } = entry;
  const segments = segmentsFor(world, item);
  const booking = bookingFor(world, { country: item.country, channel, segments, now });
  const hasTicket = ticket !== undefined;
  const reservation = await reserve(world.spend, world.spendTerms, { booking, hasTicket, now });
  const { spentPercent } = reservation;
  if (reservation.kind === "refused") {
    await leave(world, item, entry);
    const { retryAt } = reservation;
    return {
      outcome: { kind: "refused", why: "sending-paused", retryAt },
      ...UNPAID,
      spentPercent,
    };
  }
  const { outcome, isSent } = await putAndSend(world, plan, entry);
  if (isSent) return { outcome, priceMicros: booking.micros, spentPercent };
  await Promise.all([leaveUnsent(world, item, entry), giveBack(world, booking)]);
  return { outcome, ...UNPAID, spentPercent };
}

/** `isSent`: whether this very call sent. Another one of the same request may have, and its answer is then the answer of both. */
type Sending = { readonly outcome: Resent | Refusal; readonly isSent: boolean };

/** Puts the code into the item and sends it. Of what did not go out the item keeps nothing. */
async function putAndSend(
  world: ResendWorld,
  plan: Plan,
  { now, book, ticket, failedTurn }: Entry,
): Promise<Sending> {
  const { id, to, item, requestKey, channel, channels } = plan;
  const resendAt = nextTurnAt(book.turns, rowsFor(ticket));
  const { code, mac: codeMac } = drawUnused(world.random, plan);
  const sent = { mac: codeMac, channel, expiresAt: now + LIMITS.codeLifetimeSeconds * 1_000 };
  const { key, delivery = "unknown", deliveryReason } = item;
  // A turn is handed on once.
  const turn = failedTurn === undefined ? now : undefined;
  const stamp = { requestKey, resendAt, turn, now };
  const write = await world.verifications.resend({ key, code: sent, ...stamp });
  if (write.kind === "refused") return { outcome: lostRace(plan, write.item), isSent: false };
  const outcome = await dispatch(world, { id, to, code, sent, verification: write.item });
  if (!("kind" in outcome))
    return {
      outcome: { kind: "resent", view: viewOf(outcome, { id, to, now, channels }) },
      isSent: true,
    };
  const earlier = { resendAt: item.resendAt, delivery, deliveryReason, turn: item.turn };
  await world.verifications.undoResend({ key, code: codeMac, ...earlier });
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
