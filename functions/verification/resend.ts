import { type ChannelSettings, channelsFor, handsTurnOn } from "./channels.ts";
import { drawCode, guessOf } from "./code.ts";
import { openContents } from "./contents.ts";
import {
  epochOf,
  isWithinReach,
  keyOf,
  type Mac,
  type Phone,
  type VerificationId,
} from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Key, Keys, Random, VerificationStore } from "./ports.ts";
import { requestKeyOf } from "./request-key.ts";
import { scopesOf } from "./scopes.ts";
import { openSend, type Send, type SendDeps, type Stored, send, type Turn } from "./send.ts";
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

export type ResendDeps = Omit<SendDeps, "challenge"> & {
  readonly verifications: Pick<
    VerificationStore,
    "read" | "resend" | "undoResend" | "noteDelivery"
  >;
  readonly keys: Keys;
  readonly random: Random;
  readonly keyEpoch: number;
};

export type ResendRequest = {
  readonly id: VerificationId;
  /** The channel of the message before by default. */
  readonly channel?: Channel | undefined;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Of a back end with an API key: see the request of a start. */
  readonly app?: string | undefined;
  /** The code of a message that failed: take its turn or none, and only while it is the newest. */
  readonly insteadOf?: Mac | undefined;
};

export type Resent = { readonly kind: "resent"; readonly view: VerificationView };

/**
 * Sends another code for a verification. It counts in the same scopes, takes a turn of the number and costs the same as a start, and gives no new checks. Older codes stay valid until their own end, because messages arrive late; but a code whose message failed ends when another message takes its turn.
 */
export async function resend(deps: ResendDeps, request: ResendRequest): Promise<Resent | Refusal> {
  if (!isWithinReach(request.id, deps)) return { kind: "refused", why: "verification-not-found" };
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
  const { number, country, purpose, reference, ticketedAt, isKnown = false } = item;
  const ticket = ticketedAt === undefined ? undefined : { issuedAt: ticketedAt };
  const scopes = scopesOf(index, deps.scopeTerms, { clientAddress, to, country, app: request.app });
  // An automatic step has no requester; the requester of the failed message is already counted.
  const ownScopes = insteadOf === undefined ? scopes : { ...scopes, client: [] };
  const requester = { now, scopes: ownScopes, ticket, isKnown, clientAddress };
  const sending: Send<Resent> = {
    of: "resend",
    verification: item.key,
    reference,
    number,
    country,
    channel,
    purpose,
    words: item,
    instead: handedOn(plan, insteadOf),
    store: (turn) => storeNextCode(deps, plan, turn),
    done: (verification) => resent(plan, verification),
  };
  return send(deps, sending, requester, await openSend(deps, number, requester));
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
function handedOn({ item, channel }: Plan, insteadOf: Mac | undefined) {
  const failed = handsTurnOn(item, channel) ? item.turn : undefined;
  return { failed, only: insteadOf !== undefined };
}

function resent({ id, to, now, channels }: Omit<Plan, "item">, verification: Verification): Resent {
  return { kind: "resent", view: viewOf(verification, { id, to, now, channels }) };
}

/** The outcome that an item shows without a write: this very request is done already, or the verification has ended. */
function knownEnd(plan: Plan, item: Verification): Resent | Refusal | undefined {
  if (item.lastResendKey === plan.requestKey) return resent(plan, item);
  const status = statusAt(item, plan.now);
  return status === "pending" ? undefined : { kind: "refused", why: "verification-ended", status };
}

/** Puts the code into the item once the turn is taken: while it is held no other request can put one there. */
async function storeNextCode(
  deps: ResendDeps,
  plan: Plan,
  { now, ticket, taking }: Turn,
): Promise<Stored<Resent> | undefined> {
  const { id, to, item, requestKey, channel } = plan;
  const taken = await taking;
  if (taken.kind === "refused") return undefined;
  const isInstead = taken.failed !== undefined;
  const { code, mac: codeMac } = drawUnused(deps.random, plan);
  const expiresAt = now + deps.limits.codeLifetimeSeconds * 1_000;
  const sent = { mac: codeMac, channel, expiresAt };
  const { key, delivery = "unknown", deliveryReason } = item;
  const write = await deps.verifications.resend({
    key,
    code: sent,
    requestKey,
    resendAt: nextTurnAt(taken.item.turns, rowsFor(deps.limits, ticket)),
    // A turn is handed on once.
    turn: isInstead ? undefined : now,
    endsNewest: isInstead,
    now,
  });
  if (write.kind === "refused") return { kind: "lost", outcome: lostRace(plan, write.item) };
  const { resendAt, turn, expiresAt: endsAt } = item;
  const ended = isInstead ? { expiresAt: endsAt } : {};
  const earlier = { resendAt, delivery, deliveryReason, turn, ...ended };
  return {
    kind: "stored",
    outgoing: { id, to, code, sent, verification: write.item },
    undo: () => deps.verifications.undoResend({ key, code: codeMac, ...earlier }),
  };
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
