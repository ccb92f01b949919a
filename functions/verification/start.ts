import { LIMITS } from "../policy/limits.ts";
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
import type { Refusal } from "./outcomes.ts";
import { judgePhone } from "./phone-policy.ts";
import type {
  Claim,
  ClaimStore,
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
import {
  type Channel,
  type Instant,
  type Purpose,
  type Verification,
  type VerificationView,
  viewOf,
} from "./verification.ts";

export type StartWorld = DispatchWorld & {
  readonly verifications: Pick<VerificationStore, "create" | "read" | "remove" | "noteDelivery">;
  readonly numbers: Pick<NumberStore, "takeTurn" | "returnTurn">;
  readonly scopes: Pick<ScopeStore, "add">;
  readonly claims: ClaimStore;
  readonly sendingSwitch: SendingSwitch;
  readonly keys: Keys;
  readonly random: Random;
  readonly keyEpoch: number;
  readonly fictionalNumbers: boolean;
};

export type StartRequest = {
  readonly to: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly nonce?: string | undefined;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
};

export type Started = { readonly kind: "started"; readonly view: VerificationView };

/**
 * Starts a verification: sends one code, or says why not. Refusals come in the order of their cost: the phone policy asks nobody, then the
 * client's debt, the idempotency claim and the kill switch are asked side by side, then the number's turn, then the item is put, and only
 * then a message is paid for. Each step is one conditional write.
 */
export async function start(world: StartWorld, request: StartRequest): Promise<Started | Refusal> {
  const verdict = judgePhone(request.to, world);
  if (verdict.kind === "refused") return verdict;
  const draft = await draftOf(world, request, verdict.phone);
  const [claimed, windows, isPaused] = await Promise.all([
    draft.claim === undefined ? undefined : world.claims.claim(draft.claim),
    Promise.all(
      draft.windows.map(async (window) => ({ ...window, isOpen: await world.scopes.add(window) })),
    ),
    world.sendingSwitch.isPaused(),
  ]);
  const earlier = draft.claim && claimed && earlierStart(draft.claim, claimed, draft);
  if (earlier !== undefined) return replay(world, earlier, draft);
  return holdingClaim(world, draft, async () => {
    if (isPaused) return { kind: "refused", why: "sending-paused" };
    const closed = windows.filter(({ isOpen }) => !isOpen).map(({ endsAt }) => endsAt);
    if (closed.length > 0)
      return { kind: "refused", why: "too-many-requests", retryAt: Math.max(...closed) };
    return sendFirstCode(world, draft);
  });
}

/** Everything that a start computes before it asks anybody. */
type Draft = {
  readonly request: StartRequest;
  readonly to: Phone;
  readonly id: VerificationId;
  readonly now: Instant;
  readonly number: Mac;
  readonly windows: readonly ScopeWindow[];
  readonly claim: (Claim & { readonly sealKey: Key }) | undefined;
  readonly keys: { readonly seal: Key; readonly code: Key };
};

async function draftOf(world: StartWorld, request: StartRequest, to: Phone): Promise<Draft> {
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
    id,
    now,
    number: mac(index, ["number", to]),
    windows: clientWindows(index, request.clientAddress, now),
    claim: claimOf(world, index, { request, id, now }),
    keys: { seal: sealKey, code },
  };
}

/** The id of an earlier start is sealed under a key that only the holder of the idempotency key can make with us. */
function claimOf(
  { random }: Pick<StartWorld, "random">,
  index: Key,
  { request, id, now }: Pick<Draft, "request" | "id" | "now">,
): Draft["claim"] {
  const { idempotencyKey, to, channel, purpose, nonce } = request;
  if (idempotencyKey === undefined) return undefined;
  const key = mac(index, ["start", idempotencyKey]);
  const sealKey = Buffer.from(mac(index, ["start seal", idempotencyKey]), "base64url");
  const fingerprint = mac(index, [
    "start body",
    JSON.stringify([to, channel, purpose, nonce ?? null]),
  ]);
  return { key, sealKey, fingerprint, id: seal(sealKey, key, id, random), now };
}

type Earlier = { readonly isSameRequest: boolean; readonly id: VerificationId };

/** The start that holds the claim, unless it is this very one, whose write was repeated after its answer got lost. */
function earlierStart(
  claim: NonNullable<Draft["claim"]>,
  holder: Pick<Claim, "fingerprint" | "id">,
  draft: Draft,
): Earlier | undefined {
  const id = unseal(claim.sealKey, claim.key, holder.id);
  if (!isVerificationId(id)) throw new Error("a claim seals an id");
  return id === draft.id
    ? undefined
    : { id, isSameRequest: holder.fingerprint === claim.fingerprint };
}

async function replay(
  world: StartWorld,
  { id, isSameRequest }: Earlier,
  { to, now }: Draft,
): Promise<Started | Refusal> {
  if (!isSameRequest) return { kind: "refused", why: "idempotency-key-reused" };
  const verification = await world.verifications.read(keyOf(id));
  if (verification === undefined) return { kind: "refused", why: "request-in-progress" };
  return { kind: "started", view: viewOf(verification, { id, to, now }) };
}

/** A start that ends without a verification gives its claim back, so that the same request can be tried again. */
async function holdingClaim(
  { claims, logFault }: StartWorld,
  { claim }: Draft,
  work: () => Promise<Started | Refusal>,
): Promise<Started | Refusal> {
  const release = async () => {
    if (claim !== undefined) await claims.release(claim.key);
  };
  const outcome = await work().catch(async (fault: unknown) => {
    await release().catch((another: unknown) => logFault("claim-not-released", another));
    throw fault;
  });
  if (outcome.kind === "refused") await release();
  return outcome;
}

async function sendFirstCode(world: StartWorld, draft: Draft): Promise<Started | Refusal> {
  const { id, to, now, number } = draft;
  const turn = await world.numbers.takeTurn(number, now);
  if (turn.kind === "refused") return turnRefusal(turn.item, now);
  const code = drawCode(world.random, LIMITS.codeDigits);
  const sent = {
    mac: guessOf(draft.keys.code, id, code),
    expiresAt: now + LIMITS.codeLifetimeSeconds * 1_000,
  };
  const verification: Verification = {
    key: keyOf(id),
    codes: [sent],
    codeLength: LIMITS.codeDigits,
    checks: 0,
    maxChecks: LIMITS.checksPerVerification,
    tried: new Set(),
    expiresAt: sent.expiresAt,
    resendAt: nextTurnAt(turn.item.turns),
    purpose: draft.request.purpose,
    channel: draft.request.channel,
    sealed: sealContents(
      draft.keys.seal,
      { id, purpose: draft.request.purpose },
      { to, nonce: draft.request.nonce },
      world.random,
    ),
    number,
    debts: draft.windows.map(({ key }) => key),
  };
  await world.verifications.create(verification);
  const outcome = await dispatch(world, { to, code, sent, verification, turn: now });
  if ("kind" in outcome) {
    await world.verifications.remove(verification.key);
    return outcome;
  }
  return { kind: "started", view: viewOf(outcome, { id, to, now }) };
}
