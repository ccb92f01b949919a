import {
  type ChallengeTerms,
  type ChallengeVerifier,
  hasPassed,
  isAboveDailyShare,
  isChallenged,
} from "./challenge.ts";
import type { Refusal } from "./outcomes.ts";
import type {
  FaultLog,
  Random,
  ScopeStore,
  SendingSwitch,
  SwitchState,
  TurnTicket,
} from "./ports.ts";
import {
  type Counted,
  type Scope,
  type ScopeKind,
  type ScopeTerms,
  type ScopeWindow,
  type SendScopes,
  subjectName,
  unverifiedIn,
  windowsAt,
} from "./scopes.ts";
import type { Layouts } from "./shards.ts";
import type { Instant } from "./verification.ts";

export type AdmissionDeps = {
  readonly scopes: Pick<ScopeStore, "add" | "decrement" | "recall">;
  readonly sendingSwitch: SendingSwitch;
  readonly random: Pick<Random, "integer">;
  readonly logFault: FaultLog;
  readonly scopeTerms: ScopeTerms;
  /** The challenge of a stage, beside all limits. */
  readonly challenge?: Challenge | undefined;
};

export type Challenge = { readonly terms: ChallengeTerms; readonly verifier: ChallengeVerifier };

/** The requester of a send. */
export type Requester = {
  readonly now: Instant;
  readonly scopes: SendScopes;
  readonly ticket: TurnTicket | undefined;
  /** Whether a back end declares that it knows the number, and the stage has a share for those. */
  readonly isKnown: boolean;
  readonly clientAddress: string | undefined;
  readonly challengeToken?: string | undefined;
  /** Whether the token was valid. A token is valid once. */
  readonly hasPassedChallenge?: boolean;
};

/**
 * The findings of an admission about its scopes, whatever its result: those at their limit that refused, and those that would have refused if
 * enforced. Not those that an operator has blocked: a block is no sign of an attack.
 */
export type ScopeFindings = {
  readonly limited: readonly ScopeKind[];
  readonly watched: readonly ScopeKind[];
};

export type Admission =
  | (ScopeFindings & {
      readonly kind: "admitted";
      readonly windows: readonly Counted[];
      /** The requester, without an invalid ticket, and with the passed challenge. */
      readonly requester: Requester;
      /** The shards in force. */
      readonly layouts: Layouts;
    })
  | (ScopeFindings & { readonly kind: "refused"; readonly refusal: Refusal });

/**
 * Checks the scopes of the client, or those that many share, and the kill switch in parallel, each scope in one conditional write. The shared
 * ones are checked only after the client and the number, so that a refused requester does not write to them. A returning ticket passes every
 * limit, but no operator's block. A refused send counts nowhere.
 */
export async function admit(
  deps: AdmissionDeps,
  requester: Requester,
  which: keyof SendScopes,
  client: readonly Counted[] = [],
): Promise<Admission> {
  const { now, ticket } = requester;
  const { random, sendingSwitch } = deps;
  // Shared scopes have shards, and the switch names those in force; the check of the client has read it into memory before.
  const before = which === "shared" ? await sendingSwitch.switchState() : sendingSwitch.recall?.();
  const block = before && blockOf(requester, before);
  if (block !== undefined) return { kind: "refused", ...NO_FINDINGS, refusal: block };
  const counting = countedScopes(requester, which);
  const asked = windowsAt(counting, deps.scopeTerms, { now, random, layouts: layoutsIn(before) });
  const known = knownRefusals(deps, asked, requester);
  const charges =
    known.length > 0 ? known : asked.map((window) => counted(deps, window, requester));
  const [windows, switchState] = await Promise.all([
    Promise.all(charges),
    before ?? sendingSwitch.switchState(),
  ]).catch(async (fault: unknown) => {
    await releaseCounted(deps, charges);
    throw fault;
  });
  if (ticket !== undefined && ticket.issuedAt < switchState.ticketsFrom) {
    await release(deps, windows);
    return admit(deps, { ...requester, ticket: undefined }, which, client);
  }
  const findings = findingsOf(windows, ticket);
  const judged = await judge(deps, { requester, windows, switchState, client });
  if ("hasPassedChallenge" in judged)
    return {
      kind: "admitted",
      ...findings,
      windows,
      requester: { ...requester, ...judged },
      layouts: switchState.layouts,
    };
  if (which === "shared" || !isBadToken(judged, requester)) await release(deps, windows);
  return { kind: "refused", ...findings, refusal: judged };
}

function layoutsIn(state: SwitchState | undefined): Layouts {
  return state?.layouts ?? [];
}

/** A known number has its own share and is not counted in the shared scopes. */
function countedScopes({ scopes, isKnown }: Requester, which: keyof SendScopes): readonly Scope[] {
  return isKnown && which === "shared" ? [] : scopes[which];
}

/** An invalid token counts for its client; otherwise tries would be free. */
export function isBadToken(
  { why }: Refusal,
  { challengeToken }: Pick<Requester, "challengeToken">,
): boolean {
  return why === "challenge-required" && challengeToken !== undefined;
}

async function counted(
  { scopes }: Pick<AdmissionDeps, "scopes">,
  window: ScopeWindow,
  requester: Pick<Requester, "ticket">,
): Promise<Counted> {
  return { ...window, charge: await scopes.add(countOf(window, requester)) };
}

function countOf(window: ScopeWindow, { ticket }: Pick<Requester, "ticket">) {
  if (ticket === undefined && window.mode === "enforce") return window;
  return { ...window, max: undefined, day: window.day && { ...window.day, max: undefined } };
}

/** Whether a shared scope is known to refuse. The write may draw another shard. */
export function isKnownRefused(
  deps: Pick<AdmissionDeps, "scopes" | "scopeTerms" | "random">,
  requester: Requester,
  layouts: Layouts,
): boolean {
  const { now } = requester;
  const scopes = countedScopes(requester, "shared");
  const windows = windowsAt(scopes, deps.scopeTerms, { now, random: deps.random, layouts });
  return knownRefusals(deps, windows, requester).length > 0;
}

/** If a scope is known to refuse, no other is counted: during an attack each count and its release would be two useless writes. */
function knownRefusals(
  { scopes }: Pick<AdmissionDeps, "scopes">,
  windows: readonly ScopeWindow[],
  requester: Pick<Requester, "ticket">,
): readonly Promise<Counted>[] {
  return windows.flatMap((window) => {
    const charge = scopes.recall?.(countOf(window, requester));
    return charge === undefined ? [] : [Promise.resolve({ ...window, charge })];
  });
}

function findingsOf(windows: readonly Counted[], ticket: TurnTicket | undefined): ScopeFindings {
  const kinds = (isFound: (window: Counted) => boolean) =>
    windows.filter(isFound).map(({ kind }) => kind);
  return {
    limited: kinds(({ charge }) => charge.kind === "full"),
    watched: ticket === undefined ? kinds(({ charge, max }) => unverifiedIn(charge) > max) : [],
  };
}

const NO_FINDINGS: ScopeFindings = { limited: [], watched: [] };

/**
 * An operator's block of the client, the range or the country, for every requester and whether or not the scope is counted. A pause takes
 * precedence.
 */
function blockOf({ now, scopes }: Requester, { isPaused, blocks }: SwitchState) {
  if (isPaused || blocks.size === 0) return undefined;
  const ends = [...scopes.client, ...scopes.shared].map((scope) => blocks.get(subjectName(scope)));
  const retryAt = Math.max(...ends.map((end = 0) => end));
  return retryAt > now
    ? ({ kind: "refused", why: "too-many-requests", retryAt } as const)
    : undefined;
}

type Passed = { readonly hasPassedChallenge: boolean };

/** A pause comes first, since it refuses all; then the limits of the scopes; only a requester who would be admitted gets a challenge. */
async function judge(
  deps: AdmissionDeps,
  {
    requester,
    windows,
    switchState,
    client,
  }: {
    readonly requester: Requester;
    readonly windows: readonly Counted[];
    readonly switchState: SwitchState;
    readonly client: readonly Counted[];
  },
): Promise<Passed | Refusal> {
  if (switchState.isPaused) return { kind: "refused", why: "sending-paused" };
  const block = blockOf(requester, switchState);
  if (block !== undefined) return block;
  const full = windows.filter(({ charge }) => charge.kind === "full");
  if (full.length > 0) {
    const retryAt = Math.max(...full.map(opensAt));
    return { kind: "refused", why: "too-many-requests", retryAt };
  }
  const isStranger = requester.ticket === undefined && !requester.isKnown;
  if (isStranger && isAboveDailyShare(client, windows)) {
    const retryAt = Math.max(...client.map(({ day, endsAt }) => day?.endsAt ?? endsAt));
    return { kind: "refused", why: "too-many-requests", retryAt };
  }
  return challenged(deps, requester, windows);
}

function opensAt({ charge, endsAt, day }: Counted): Instant {
  const isDayFull = charge.kind === "full" && charge.isDayFull === true;
  return isDayFull && day !== undefined ? day.endsAt : endsAt;
}

async function challenged(
  { challenge }: AdmissionDeps,
  { ticket, isKnown, challengeToken: token, clientAddress, hasPassedChallenge = false }: Requester,
  windows: readonly Counted[],
): Promise<Passed | Refusal> {
  const isExempt = ticket !== undefined || isKnown || hasPassedChallenge || challenge === undefined;
  if (isExempt || !isChallenged(challenge.terms, windows)) return { hasPassedChallenge };
  if (token !== undefined) {
    const result = await challenge.verifier.verify({ token, clientAddress });
    if (hasPassed(result, challenge.terms)) return { hasPassedChallenge: true };
  }
  const { provider, siteKey, action } = challenge.terms;
  return { kind: "refused", why: "challenge-required", challenge: { provider, siteKey, action } };
}

/** Releases the counts of an admission that ends in a fault. A count whose answer was lost stays: to release one that was never made would make room. */
async function releaseCounted(
  deps: AdmissionDeps,
  charges: readonly Promise<Counted>[],
): Promise<void> {
  const ends = await Promise.allSettled(charges);
  await release(
    deps,
    ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : [])),
  );
}

/** A message that was not sent is no send of the day either. */
function countsSends(day: ScopeWindow["day"]): number {
  return day?.askFromSends === undefined ? 0 : 1;
}

/** Subtracts a send that was not made from the windows that counted it. */
export async function release(
  { scopes, logFault }: Pick<AdmissionDeps, "scopes" | "logFault">,
  windows: readonly Counted[],
): Promise<void> {
  const counting = windows.filter(({ charge }) => charge.kind === "counted");
  const released = await Promise.allSettled(
    counting.map(({ key, day }) => scopes.decrement(key, 1, { sends: countsSends(day) })),
  );
  for (const outcome of released) {
    if (outcome.status === "rejected") logFault("unverified-not-released", outcome.reason);
  }
}
