import type { Country } from "../policy/destinations.ts";
import { LIMITS } from "../policy/limits.ts";
import type { Locale } from "../policy/messages/locales.ts";
import type { RefusalReason } from "../policy/special-numbers.ts";
import { type Requester, release } from "./admission.ts";
import { channelsFor, firstChannel } from "./channels.ts";
import { drawCode, guessOf, mac } from "./code.ts";
import { sealContents } from "./contents.ts";
import {
  isVerificationId,
  keyOf,
  type Mac,
  newCarriedId,
  newVerificationId,
  type Phone,
  type VerificationId,
  wellFormed,
} from "./identifiers.ts";
import { sealNewest } from "./newest.ts";
import type { Refusal } from "./outcomes.ts";
import { judgePhone } from "./phone-policy.ts";
import type { PhoneSettings, PhoneVerdict } from "./phone-verdict.ts";
import type {
  Claim,
  ClaimStore,
  Holder,
  Key,
  Keys,
  Newest,
  Random,
  VerificationStore,
} from "./ports.ts";
import { isDecremented, scopesOf, unverifiedIn } from "./scopes.ts";
import { seal, unseal } from "./seal.ts";
import { openSend, type Send, type SendDeps, send, type Turn } from "./send.ts";
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

export type StartDeps = PhoneSettings &
  SendDeps & {
    readonly verifications: Pick<VerificationStore, "create" | "read" | "remove" | "noteDelivery">;
    readonly claims: ClaimStore;
    readonly pages: PageSettings;
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
  /** The caller's own opaque name for it. */
  readonly reference?: string | undefined;
  /** From an earlier approval of the number. An invalid one is ignored. */
  readonly ticket?: string | undefined;
  readonly challengeToken?: string | undefined;
  /** Whether a back end declares that the number belongs to an account that it knows. */
  readonly knownNumber?: boolean | undefined;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The app of a back end with an API key, which may check by number later. The limit of the key holds if no client is named. */
  readonly app?: string | undefined;
};

/** The pages and apps of a stage, into which codes are typed. */
export type PageSettings = {
  /** Whether apps start verifications, which state their platform themselves. */
  readonly hasApps: boolean;
  /** Of the page that a message is for where a start names none. */
  readonly host: string | undefined;
};

export type Started = { readonly kind: "started"; readonly view: VerificationView };

/**
 * Starts a verification: sends one code, or returns the refusal. Refusals come in the order of their cost: the phone policy needs no request,
 * then come the idempotency claim, the client's scopes, the switch and the record of the number in parallel, then the shared scopes and the price in
 * one write, then the number's turn while the item is stored, and only then a message is paid for. Each step but the read of the number is
 * one conditional write.
 */
export async function start(deps: StartDeps, request: StartRequest): Promise<Started | Refusal> {
  const verdict = judgePhone(request.to, deps);
  if (verdict.kind === "refused") return ruledOut(deps, request, verdict);
  const open = channelsFor(verdict.country, deps.channels);
  const channel = request.channel ?? firstChannel(verdict.country, deps.channels);
  if (!open.includes(channel))
    return ruledOut(deps, request, {
      kind: "refused",
      why: "channel-not-available",
      channels: open,
    });
  const draft = await draftOf(deps, { ...boundToPage(deps, request), channel }, verdict);
  return holdingClaim(deps, draft, async () => {
    const { number, requester } = draft;
    const [earlier, opening] = await Promise.all([
      claimed(deps, draft),
      openSend(deps, number, requester),
    ]);
    if (earlier === undefined) return send(deps, sendingOf(deps, draft), requester, opening);
    const { admission } = opening;
    if (admission.kind === "admitted") await release(deps, admission.windows);
    return replay(deps, draft, earlier);
  });
}

function ruledOut<Why extends Extract<Refusal, { readonly reason?: RefusalReason }>>(
  { journal }: Pick<StartDeps, "journal">,
  { reference }: StartRequest,
  refusal: Why,
): Why {
  const { why, reason } = refusal;
  journal({ event: "ruled-out", why, reason, reference });
  return refusal;
}

/** Without apps the last line of each message names the page, for every platform: otherwise a phishing relay would request a message without it. */
function boundToPage({ pages }: StartDeps, request: StartRequest): StartRequest {
  const originHost = request.originHost ?? pages.host;
  if (pages.hasApps || originHost === undefined) return request;
  return { ...request, platform: "web", originHost };
}

/** A start with its channel and platform. */
type ChosenStart = StartRequest & { readonly channel: Channel };

/** All that a start computes before its first request. */
type Draft = {
  readonly request: ChosenStart;
  readonly to: Phone;
  readonly country: Country;
  readonly isUnallocated: boolean;
  readonly id: VerificationId;
  readonly now: Instant;
  readonly number: Mac;
  readonly requester: Requester;
  readonly newest: Newest | undefined;
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
  const drawId = request.app === undefined ? newVerificationId : newCarriedId;
  const id = drawId(deps.keyEpoch, deps.random, deps.app);
  const number = mac(index, ["number", to]);
  const { clientAddress, challengeToken, app } = request;
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
      scopes: scopesOf(index, deps.scopeTerms, { clientAddress, to, country, app }),
      ticket: openTicket(index, number, {
        ticket: request.ticket,
        now,
        lifetimeSeconds: deps.limits.ticketLifetimeSeconds,
      }),
      isKnown,
      clientAddress,
      challengeToken,
    },
    newest: app === undefined ? undefined : sealNewest(index, { app, number, id }, deps.random),
    claim: claimOf(deps, index, { request, to, id, now }),
    keys: { seal: sealKey, code },
  };
}

/** The id of an earlier start is sealed under a key that only the holder of the idempotency key can make with us. Each app, and each app of an API key, has keys of its own. */
function claimOf(
  { random, app }: Pick<StartDeps, "random" | "app">,
  index: Key,
  { request, to, id, now }: Pick<Draft, "request" | "to" | "id" | "now">,
): Draft["claim"] {
  const { idempotencyKey, channel, purpose, nonce, locale, platform, reference } = request;
  if (idempotencyKey === undefined) return undefined;
  const isOwn = app === undefined && request.app === undefined;
  const holder = [idempotencyKey, ...(isOwn ? [] : [app ?? "", request.app ?? ""])];
  const key = mac(index, ["start", ...holder]);
  const sealKey = Buffer.from(mac(index, ["start seal", ...holder]), "base64url");
  const fingerprint = mac(index, [
    "start body",
    JSON.stringify([
      ...[to, channel, purpose, nonce ?? null, locale, platform ?? null],
      // A start without one has the fingerprint that it had before references existed.
      ...(reference === undefined ? [] : [reference]),
    ]),
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

function sendingOf(deps: StartDeps, draft: Draft): Send<Started> {
  const { id, to, number, country, isUnallocated, newest, request } = draft;
  const { channel, purpose, locale, platform, originHost, reference } = request;
  const { codeDigits: codeLength } = deps.limits;
  return {
    of: "start",
    verification: keyOf(id),
    reference,
    number,
    country,
    channel,
    purpose,
    isUnallocated,
    newest,
    words: { purpose, locale, platform, originHost, codeLength },
    // Stored beside the turn: an item whose code was never sent, and whose id was returned to no caller, does no harm.
    store: async (turn) => {
      const { verification, code, sent } = firstCode(deps, draft, turn);
      await deps.verifications.create(verification);
      return {
        kind: "stored",
        outgoing: { id, to, code, sent, verification },
        undo: () => deps.verifications.remove(verification.key),
      };
    },
    done: (verification) => ({
      kind: "started",
      view: viewOf(verification, { id, to, now: draft.now, channels: deps.channels }),
    }),
  };
}

function firstCode(
  { random, limits }: Pick<StartDeps, "random" | "limits">,
  { id, to, country, number, keys, request, requester: { isKnown } }: Draft,
  { now, ticket, expected, counts }: Turn,
): { readonly verification: Verification; readonly code: string; readonly sent: SentCode } {
  const { purpose, channel, nonce, locale, platform, originHost, reference } = request;
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
    resendAt: nextTurnAt(expected.turns, rowsFor(limits, ticket)),
    turn: now,
    purpose,
    locale,
    platform,
    originHost,
    reference,
    sealed: sealContents(keys.seal, { id, purpose }, { to, nonce }, random),
    number,
    country,
    ticketedAt: ticket?.issuedAt,
    isKnown: isKnown || undefined,
    counts: counts
      .filter((window) => isDecremented(window, unverifiedIn(window.charge)))
      .map(({ key }) => key),
  };
  return { verification, code, sent };
}
