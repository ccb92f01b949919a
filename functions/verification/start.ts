import type { Country } from "../policy/destinations.ts";
import { LIMITS } from "../policy/limits.ts";
import type { Locale } from "../policy/messages/locales.ts";
import { admit, type Requester, release } from "./admission.ts";
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
import { channelsFor, firstChannel } from "./channels.ts";
import { drawCode, guessOf, mac } from "./code.ts";
import { sealContents } from "./contents.ts";
import { type DispatchDeps, dispatch, segmentsFor } from "./dispatch.ts";
import {
  isVerificationId,
  keyOf,
  type Mac,
  newVerificationId,
  type Phone,
  type VerificationId,
  wellFormed,
} from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import { judgePhone } from "./phone-policy.ts";
import type { PhoneSettings, PhoneVerdict } from "./phone-verdict.ts";
import type { Claim, ClaimStore, Holder, Key, Keys, Random, VerificationStore } from "./ports.ts";
import { scopesOf } from "./scopes.ts";
import { seal, unseal } from "./seal.ts";
import {
  chargeFor,
  giveBack,
  reserve,
  type SpendStore,
  type SpendTerms,
  spendTermsAt,
} from "./spend.ts";
import { openTicket } from "./ticket.ts";
import { nextTurnAt, rowsFor } from "./turns.ts";
import type {
  Channel,
  Instant,
  Platform,
  Purpose,
  SentCode,
  Verification,
} from "./verification.ts";
import { type VerificationView, viewOf } from "./view.ts";

export type StartDeps = DispatchDeps &
  PhoneSettings &
  AttemptDeps & {
    readonly verifications: Pick<VerificationStore, "create" | "read" | "remove" | "noteDelivery">;
    readonly spend: SpendStore;
    readonly claims: ClaimStore;
    readonly keys: Keys;
    readonly random: Random;
    readonly keyEpoch: number;
    readonly spendTerms: SpendTerms;
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
  /** From an earlier approval of the number. One that is worth nothing is as if none was sent. */
  readonly ticket?: string | undefined;
  readonly challengeToken?: string | undefined;
  /** Whether a back end vouches that the number belongs to an account that it knows. */
  readonly knownNumber?: boolean | undefined;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
};

export type Started = { readonly kind: "started"; readonly view: VerificationView };

/**
 * Starts a verification: sends one code, or returns the refusal. Refusals come in the order of their cost: the phone policy needs no request,
 * then come the idempotency claim, the client's scopes and the kill switch in parallel, then the number's turn, then the shared scopes, then the
 * price is reserved while the item is stored, and only then a message is paid for. Each step is one conditional write.
 */
export async function start(deps: StartDeps, request: StartRequest): Promise<Started | Refusal> {
  const verdict = judgePhone(request.to, deps);
  if (verdict.kind === "refused") return verdict;
  const open = channelsFor(verdict.country, deps.channels);
  const channel = request.channel ?? firstChannel(verdict.country, deps.channels);
  if (!open.includes(channel))
    return { kind: "refused", why: "channel-not-available", channels: open };
  const draft = await draftOf(deps, { ...request, channel }, verdict);
  return holdingClaim(deps, draft, async () => {
    const [earlier, admission] = await Promise.all([
      claimed(deps, draft),
      admit(deps, draft.requester, "client"),
    ]);
    if (earlier === undefined)
      return attempt(deps, intentOf(draft), admission, (entry) =>
        sendFirstCode(deps, draft, entry),
      );
    if (admission.kind === "admitted") await release(deps, admission.windows);
    return replay(deps, draft, earlier);
  });
}

/** A start whose way is known. */
type ChosenStart = StartRequest & { readonly channel: Channel };

/** Everything that a start computes before it asks anybody. */
type Draft = {
  readonly request: ChosenStart;
  readonly to: Phone;
  readonly country: Country;
  readonly isUnallocated: boolean;
  readonly id: VerificationId;
  readonly now: Instant;
  readonly number: Mac;
  readonly requester: Requester;
  readonly claim: (Claim & { readonly sealKey: Key }) | undefined;
  readonly keys: { readonly seal: Key; readonly code: Key };
};

async function draftOf(
  deps: StartDeps,
  request: ChosenStart,
  { phone: to, country, isUnallocated }: Extract<PhoneVerdict, { kind: "accepted" }>,
): Promise<Draft> {
  const [index, sealKey, code] = await Promise.all([
    deps.keys.index(),
    deps.keys.seal(deps.keyEpoch),
    deps.keys.code(deps.keyEpoch),
  ]);
  const now = deps.clock();
  const id = newVerificationId(deps.keyEpoch, deps.random);
  const number = mac(index, ["number", to]);
  const { clientAddress, challengeToken } = request;
  const isKnown = request.knownNumber === true && deps.spendTerms.knownShare > 0;
  return {
    request,
    to,
    country,
    isUnallocated,
    id,
    now,
    number,
    requester: {
      now,
      scopes: scopesOf(index, deps.scopeTerms, { clientAddress, to, country }),
      ticket: openTicket(index, number, {
        ticket: request.ticket,
        now,
        lifetimeSeconds: deps.limits.ticketLifetimeSeconds,
      }),
      isKnown,
      clientAddress,
      challengeToken,
    },
    claim: claimOf(deps, index, { request, to, id, now }),
    keys: { seal: sealKey, code },
  };
}

/** The id of an earlier start is sealed under a key that only the holder of the idempotency key can make with us. */
function claimOf(
  { random }: Pick<StartDeps, "random">,
  index: Key,
  { request, to, id, now }: Pick<Draft, "request" | "to" | "id" | "now">,
): Draft["claim"] {
  const { idempotencyKey, channel, purpose, nonce, locale, platform } = request;
  if (idempotencyKey === undefined) return undefined;
  const key = mac(index, ["start", idempotencyKey]);
  const sealKey = Buffer.from(mac(index, ["start seal", idempotencyKey]), "base64url");
  const fingerprint = mac(index, [
    "start body",
    JSON.stringify([to, channel, purpose, nonce ?? null, locale, platform ?? null]),
  ]);
  return { key, sealKey, fingerprint, id: seal(sealKey, key, id, random), now };
}

type Earlier = {
  readonly id: VerificationId;
  readonly holder: Holder;
  readonly claim: Pick<Claim, "key" | "fingerprint">;
};

/** Claims the idempotency key, if there is one. Gives the earlier start that holds it. */
async function claimed({ claims }: StartDeps, { claim }: Draft): Promise<Earlier | undefined> {
  if (claim === undefined) return undefined;
  const holder = await claims.claim(claim);
  if (holder === undefined) return undefined;
  const id = wellFormed(unseal(claim.sealKey, claim.key, holder.id), isVerificationId, "an id");
  return { id, holder, claim };
}

async function replay(
  deps: StartDeps,
  { to, now }: Draft,
  { id, holder, claim }: Earlier,
): Promise<Started | Refusal> {
  if (holder.fingerprint !== claim.fingerprint) {
    return { kind: "refused", why: "idempotency-key-reused" };
  }
  const verification = await deps.verifications.read(keyOf(id));
  if (verification !== undefined)
    return {
      kind: "started",
      view: viewOf(verification, { id, to, now, channels: deps.channels }),
    };
  const isAbandoned = now - holder.now > LIMITS.startPatienceSeconds * 1_000;
  if (isAbandoned) await deps.claims.release({ key: claim.key, id: holder.id });
  return { kind: "refused", why: "request-in-progress" };
}

/** A start that ends without a verification gives its claim back, so that the same request can be tried again. A claim of another stays. */
async function holdingClaim(
  { claims, logFault }: StartDeps,
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

function intentOf({ request, number, country, requester, isUnallocated }: Draft): SendIntent {
  const { channel, purpose } = request;
  return { of: "start", number, country, channel, purpose, requester, isUnallocated };
}

async function sendFirstCode(
  deps: StartDeps,
  draft: Draft,
  entry: Entry,
): Promise<SendAttempt<Started>> {
  const { now, standing, layouts } = entry;
  const spendTerms = spendTermsAt(deps.spendTerms, layouts, now);
  const { verification, code, sent } = firstCode(deps, draft, entry);
  const charge = chargeFor(
    { ...deps, spendTerms },
    {
      country: draft.country,
      channel: draft.request.channel,
      segments: segmentsFor(deps, verification),
      isKnown: standing === "known",
      now,
    },
  );
  // Stored while the price is reserved: an item whose code was never sent, and whose id was returned to no caller, does no harm.
  const [reservation] = await Promise.all([
    reserve(deps.spend, spendTerms, { charge, standing, now }),
    deps.verifications.create(verification),
  ]);
  const { spentPercent } = reservation;
  if (reservation.kind === "refused") {
    await deps.verifications.remove(verification.key);
    await leave(deps, draft, entry);
    const { retryAt } = reservation;
    return {
      outcome: { kind: "refused", why: "sending-paused", retryAt },
      ...UNPAID,
      spentPercent,
    };
  }
  const outcome = await dispatch(deps, {
    id: draft.id,
    to: draft.to,
    code,
    sent,
    verification,
    turn: now,
  });
  if ("kind" in outcome) {
    // The item is deleted before the turn is returned: while the turn is held no other start can begin.
    await deps.verifications.remove(verification.key);
    await Promise.all([leaveUnsent(deps, draft, entry), giveBack(deps, charge)]);
    return { outcome, ...UNPAID, spentPercent };
  }
  const { id, to } = draft;
  const view = viewOf(outcome, { id, to, now, channels: deps.channels });
  return { outcome: { kind: "started", view }, priceMicros: charge.micros, spentPercent };
}

function firstCode(
  { random, limits }: Pick<StartDeps, "random" | "limits">,
  { id, to, country, number, keys, request, requester: { isKnown } }: Draft,
  { now, ticket, record, windows }: Entry,
): { readonly verification: Verification; readonly code: string; readonly sent: SentCode } {
  const { purpose, channel, nonce, locale, platform, originHost } = request;
  const code = drawCode(random, limits.codeDigits);
  const expiresAt = now + limits.codeLifetimeSeconds * 1_000;
  const sent = { mac: guessOf(keys.code, id, code), channel, expiresAt };
  const verification = {
    key: keyOf(id),
    codes: [sent],
    codeLength: limits.codeDigits,
    checks: 0,
    maxChecks: limits.checksPerVerification,
    tried: new Set<string>(),
    expiresAt,
    resendAt: nextTurnAt(record.turns, rowsFor(limits, ticket)),
    turn: now,
    purpose,
    locale,
    platform,
    originHost,
    sealed: sealContents(keys.seal, { id, purpose }, { to, nonce }, random),
    number,
    country,
    ticketedAt: ticket?.issuedAt,
    isKnown: isKnown || undefined,
    counts: windows.map(({ key }) => key),
  };
  return { verification, code, sent };
}
