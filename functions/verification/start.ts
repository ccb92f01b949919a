import { LIMITS } from "../policy/limits.ts";
import type { Locale } from "../policy/messages/locales.ts";
import { channelsFor, firstChannel } from "./channels.ts";
import { clientWindows, type ScopeWindow } from "./client.ts";
import { drawCode, guessOf, mac } from "./code.ts";
import { sealContents } from "./contents.ts";
import { type DispatchWorld, dispatch } from "./dispatch.ts";
import {
  isVerificationId,
  keyOf,
  type Mac,
  newVerificationId,
  type Phone,
  type VerificationId,
} from "./identifiers.ts";
import type { Platform } from "./message.ts";
import type { Refusal } from "./outcomes.ts";
import { judgePhone } from "./phone-policy.ts";
import type { PhoneSettings } from "./phone-verdict.ts";
import type {
  Claim,
  ClaimStore,
  Holder,
  Key,
  Keys,
  NumberStore,
  Random,
  ScopeStore,
  SendingSwitch,
  VerificationStore,
} from "./ports.ts";
import { seal, unseal } from "./seal.ts";
import { nextTurnAt, turnRefusal } from "./turns.ts";
import type { Channel, Instant, Purpose, SentCode, Verification } from "./verification.ts";
import { type VerificationView, viewOf } from "./view.ts";

export type StartWorld = DispatchWorld &
  PhoneSettings & {
    readonly verifications: Pick<VerificationStore, "create" | "read" | "remove" | "noteDelivery">;
    readonly numbers: Pick<NumberStore, "takeTurn" | "returnTurn">;
    readonly scopes: Pick<ScopeStore, "add" | "credit">;
    readonly claims: ClaimStore;
    readonly sendingSwitch: SendingSwitch;
    readonly keys: Keys;
    readonly random: Random;
    readonly keyEpoch: number;
  };

export type StartRequest = {
  readonly to: string;
  /** The first of the stage's plan, where none is named. */
  readonly channel?: Channel | undefined;
  readonly purpose: Purpose;
  readonly locale: Locale;
  readonly platform?: Platform | undefined;
  /** Of a page that may call. */
  readonly originHost?: string | undefined;
  readonly nonce?: string | undefined;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
};

export type Started = { readonly kind: "started"; readonly view: VerificationView };

/**
 * Starts a verification: sends one code, or says why not. Refusals come in the order of their cost: the phone policy asks nobody, then the
 * idempotency claim, the client's debt and the kill switch are asked side by side, then the number's turn, then the item is put, and only
 * then a message is paid for. Each step is one conditional write.
 */
export async function start(world: StartWorld, request: StartRequest): Promise<Started | Refusal> {
  const verdict = judgePhone(request.to, world);
  if (verdict.kind === "refused") return verdict;
  const { phone: to, country } = verdict;
  const open = channelsFor(country, world.channels);
  const channel = request.channel ?? firstChannel(country, world.channels);
  if (!open.includes(channel))
    return { kind: "refused", why: "channel-not-available", channels: open };
  const draft = await draftOf(world, request, { to, country, channel });
  return holdingClaim(world, draft, async () => {
    const [earlier, windows, isPaused] = await Promise.all([
      claimed(world, draft),
      Promise.all(draft.windows.map(async (w) => ({ ...w, isOpen: await world.scopes.add(w) }))),
      world.sendingSwitch.isPaused(),
    ]);
    const closed = windows.filter(({ isOpen }) => !isOpen).map(({ endsAt }) => endsAt);
    if (earlier !== undefined || isPaused || closed.length > 0) await repay(world, windows);
    if (earlier !== undefined) return replay(world, draft, earlier);
    if (isPaused) return { kind: "refused", why: "sending-paused" };
    return closed.length > 0
      ? { kind: "refused", why: "too-many-requests", retryAt: Math.max(...closed) }
      : sendFirstCode(world, draft);
  });
}

/** What sent nothing is no debt: an earlier request of the same key, a pause, or another window of the client that was full. */
async function repay(
  { scopes, logFault }: StartWorld,
  windows: readonly (ScopeWindow & { readonly isOpen: boolean })[],
): Promise<void> {
  const added = windows.filter(({ isOpen }) => isOpen);
  const repaid = await Promise.allSettled(added.map(({ key }) => scopes.credit(key, 1)));
  for (const outcome of repaid) {
    if (outcome.status === "rejected") logFault("debt-not-repaid", outcome.reason);
  }
}

/** Everything that a start computes before it asks anybody. */
type Draft = {
  readonly request: StartRequest;
  readonly to: Phone;
  readonly country: string;
  readonly channel: Channel;
  readonly id: VerificationId;
  readonly now: Instant;
  readonly number: Mac;
  readonly windows: readonly ScopeWindow[];
  readonly claim: (Claim & { readonly sealKey: Key }) | undefined;
  readonly keys: { readonly seal: Key; readonly code: Key };
};

async function draftOf(
  world: StartWorld,
  request: StartRequest,
  { to, country, channel }: Pick<Draft, "to" | "country" | "channel">,
): Promise<Draft> {
  const [index, sealKey, code] = await Promise.all([
    world.keys.index(),
    world.keys.seal(world.keyEpoch),
    world.keys.code(world.keyEpoch),
  ]);
  const now = world.clock();
  const id = newVerificationId(world.keyEpoch, world.random);
  return {
    request,
    to,
    country,
    channel,
    id,
    now,
    number: mac(index, ["number", to]),
    windows: clientWindows(index, request.clientAddress, now),
    claim: claimOf(world, index, { request, to, channel, id, now }),
    keys: { seal: sealKey, code },
  };
}

/** The id of an earlier start is sealed under a key that only the holder of the idempotency key can make with us. */
function claimOf(
  { random }: Pick<StartWorld, "random">,
  index: Key,
  { request, to, channel, id, now }: Pick<Draft, "request" | "to" | "channel" | "id" | "now">,
): Draft["claim"] {
  const { idempotencyKey, purpose, nonce } = request;
  if (idempotencyKey === undefined) return undefined;
  const key = mac(index, ["start", idempotencyKey]);
  const sealKey = Buffer.from(mac(index, ["start seal", idempotencyKey]), "base64url");
  const fingerprint = mac(index, [
    "start body",
    JSON.stringify([to, channel, purpose, nonce ?? null]),
  ]);
  return { key, sealKey, fingerprint, id: seal(sealKey, key, id, random), now };
}

type Earlier = { readonly id: VerificationId; readonly holder: Holder };

/** Claims the idempotency key, if there is one. Gives the earlier start that holds it. */
async function claimed({ claims }: StartWorld, { claim }: Draft): Promise<Earlier | undefined> {
  const holder = claim && (await claims.claim(claim));
  if (claim === undefined || holder === undefined) return undefined;
  const id = unseal(claim.sealKey, claim.key, holder.id);
  if (!isVerificationId(id)) throw new Error("a claim seals an id");
  return { id, holder };
}

async function replay(
  world: StartWorld,
  { claim, to, now }: Draft,
  { id, holder }: Earlier,
): Promise<Started | Refusal> {
  if (claim === undefined || holder.fingerprint !== claim.fingerprint) {
    return { kind: "refused", why: "idempotency-key-reused" };
  }
  const verification = await world.verifications.read(keyOf(id));
  if (verification !== undefined)
    return {
      kind: "started",
      view: viewOf(verification, { id, to, now, channels: world.channels }),
    };
  const isAbandoned = now - holder.now > LIMITS.startPatienceSeconds * 1_000;
  if (isAbandoned) await world.claims.release({ key: claim.key, id: holder.id });
  return { kind: "refused", why: "request-in-progress" };
}

/** A start that ends without a verification gives its claim back, so that the same request can be tried again. A claim of another stays. */
async function holdingClaim(
  { claims, logFault }: StartWorld,
  { claim }: Draft,
  work: () => Promise<Started | Refusal>,
): Promise<Started | Refusal> {
  let isStarted = false;
  try {
    const outcome = await work();
    isStarted = outcome.kind === "started";
    return outcome;
  } finally {
    if (claim !== undefined && !isStarted) {
      await claims.release(claim).catch((fault: unknown) => logFault("claim-not-released", fault));
    }
  }
}

async function sendFirstCode(world: StartWorld, draft: Draft): Promise<Started | Refusal> {
  const { id, to, number } = draft;
  // Asked again: a round trip that had to be repeated must not date the turn back.
  const now = world.clock();
  const turn = await world.numbers.takeTurn(number, now);
  if (turn.kind === "refused") return turnRefusal(turn.item, now);
  const code = drawCode(world.random, LIMITS.codeDigits);
  const sent = {
    mac: guessOf(draft.keys.code, id, code),
    channel: draft.channel,
    expiresAt: now + LIMITS.codeLifetimeSeconds * 1_000,
  };
  const verification = newVerification(draft, sent, {
    resendAt: nextTurnAt(turn.item.turns),
    turn: now,
    random: world.random,
  });
  await world.verifications.create(verification);
  const outcome = await dispatch(world, { id, to, code, sent, verification });
  if ("kind" in outcome) {
    await world.verifications.remove(verification.key);
    await world.numbers.returnTurn(number, now);
    return outcome;
  }
  return { kind: "started", view: viewOf(outcome, { id, to, now, channels: world.channels }) };
}

type Turn = { readonly resendAt: Instant; readonly turn: Instant };

function newVerification(
  { id, to, country, number, windows, keys, request }: Draft,
  sent: SentCode,
  { resendAt, turn, random }: Turn & { readonly random: Random },
): Verification {
  const { purpose, nonce, locale, platform, originHost } = request;
  return {
    key: keyOf(id),
    codes: [sent],
    codeLength: LIMITS.codeDigits,
    checks: 0,
    maxChecks: LIMITS.checksPerVerification,
    tried: new Set(),
    expiresAt: sent.expiresAt,
    resendAt,
    turn,
    purpose,
    country,
    locale,
    platform,
    originHost,
    sealed: sealContents(keys.seal, { id, purpose }, { to, nonce }, random),
    number,
    debts: windows.map(({ key }) => key),
  };
}
