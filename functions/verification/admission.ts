import {
  type ChallengeTerms,
  type ChallengeVerifier,
  hasPassed,
  isAboveDailyShare,
  isChallenged,
} from "./challenge.ts";
import type { Refusal } from "./outcomes.ts";
import type { FaultLog, ScopeStore, SendingSwitch, SwitchState, TurnTicket } from "./ports.ts";
import {
  type Counted,
  isShared,
  type Scope,
  type ScopeKind,
  type ScopeTerms,
  type ScopeWindow,
  type SendScopes,
  subjectName,
  subtracted,
  unverifiedIn,
  windowsAt,
} from "./scopes.ts";
import type { Layouts } from "./shards.ts";
import type { Reservation, SpendStore } from "./spend.ts";
import type { Instant } from "./verification.ts";

export type AdmissionDeps = {
  readonly scopes: Pick<ScopeStore, "add" | "decrement" | "recall">;
  readonly spend: Pick<SpendStore, "decrement" | "recall">;
  readonly sendingSwitch: SendingSwitch;
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
      /** The result of the reservation, if the write also reserves money. */
      readonly reservation: Reservation | undefined;
    })
  | (ScopeFindings & { readonly kind: "refused"; readonly refusal: Refusal });

/** The payment of a send, which reserves its price in the write that counts it where all do. */
export type SendPayment = {
  readonly shard: number;
  readonly reserve: (beside: readonly Window[]) => Promise<Reservation>;
};

/** The counts of the client and the reservation of the send, which a request for the shared scopes includes. */
type Beside = { readonly client: readonly Counted[]; readonly payment: SendPayment | undefined };

/**
 * Checks the scopes of the client, or those that many share, and the switch in parallel. Each scope is one conditional write; those that all
 * share are one, and the money of the send with them. The shared ones are checked only after the client and the number, so that a refused
 * requester does not write to them. A returning ticket passes every limit, but no operator's block. A refused send counts nowhere.
 */
export async function admit(
  deps: AdmissionDeps,
  requester: Requester,
  which: keyof SendScopes,
  beside: Beside = { client: [], payment: undefined },
): Promise<Admission> {
  const { now, ticket } = requester;
  const { sendingSwitch } = deps;
  const { client, payment } = beside;
  // Shared scopes have shards, and the switch names those in force; the check of the client has read it into memory before.
  const before = which === "shared" ? await sendingSwitch.switchState() : sendingSwitch.recall?.();
  if (before !== undefined && isRevoked(ticket, before))
    return admit(deps, { ...requester, ticket: undefined }, which, beside);
  const block = before && blockOf(requester, before);
  if (block !== undefined) return { kind: "refused", ...NO_FINDINGS, refusal: block };
  const at = { now, layouts: before?.layouts, shard: payment?.shard };
  const asked = windowsAt(countedScopes(requester, which), deps.scopeTerms, at);
  const { charges, paying } = counting(deps, asked, requester, payment);
  const [counted, switchState, reservation] = await Promise.all([
    Promise.all(charges),
    before ?? sendingSwitch.switchState(),
    paying,
  ]).catch(async (fault: unknown) => {
    await releaseCounted(deps, charges);
    throw fault;
  });
  const windows = counted.flat();
  if (isRevoked(ticket, switchState)) {
    await release(deps, windows);
    return admit(deps, { ...requester, ticket: undefined }, which, beside);
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
      reservation,
    };
  if (which === "shared" || !isBadToken(judged, requester)) await release(deps, windows);
  return { kind: "refused", ...findings, refusal: judged };
}

function isRevoked(ticket: TurnTicket | undefined, { ticketsFrom }: SwitchState): boolean {
  return ticket !== undefined && ticket.issuedAt < ticketsFrom;
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

/** A window of a request to a store: without limits where it refuses nothing. */
type Window = Omit<ScopeWindow, "max"> & { readonly max: number | undefined };

/** Counts the send in each window: in those that all share by its payment, and in the others in a write each. In none if one is known to refuse. */
function counting(
  deps: Pick<AdmissionDeps, "scopes" | "spend">,
  windows: readonly ScopeWindow[],
  requester: Pick<Requester, "ticket">,
  payment: SendPayment | undefined,
) {
  const known = knownRefusals(deps, windows, requester);
  if (known.length > 0) return { charges: [Promise.resolve(known)] };
  const { scopes } = deps;
  const shared = windows.filter(({ key }) => isShared(key));
  const charges: Promise<readonly Counted[]>[] = windows
    .filter(({ key }) => !isShared(key))
    .map(async (window) => [{ ...window, charge: await scopes.add(countOf(window, requester)) }]);
  const paying = payment?.reserve(shared.map((window) => countOf(window, requester)));
  if (paying !== undefined)
    charges.push(
      paying.then(({ windows: outcomes }) =>
        shared.flatMap((window, index) =>
          outcomes.slice(index, index + 1).map((charge) => ({ ...window, charge })),
        ),
      ),
    );
  return { charges, paying };
}

function countOf(window: ScopeWindow, { ticket }: Pick<Requester, "ticket">): Window {
  if (ticket === undefined && window.mode === "enforce") return window;
  return { ...window, max: undefined, day: window.day && { ...window.day, max: undefined } };
}

/** If a scope is known to refuse, no other is counted: during an attack each count and its release would be two useless writes. */
function knownRefusals(
  { scopes, spend }: Pick<AdmissionDeps, "scopes" | "spend">,
  windows: readonly ScopeWindow[],
  requester: Pick<Requester, "ticket">,
): readonly Counted[] {
  return windows.flatMap((window) => {
    const { recall } = isShared(window.key) ? spend : scopes;
    const charge = recall?.(countOf(window, requester));
    return charge === undefined ? [] : [{ ...window, charge }];
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
  charges: readonly Promise<readonly Counted[]>[],
): Promise<void> {
  const ends = await Promise.allSettled(charges);
  await release(
    deps,
    ends.flatMap((end) => (end.status === "fulfilled" ? end.value : [])),
  );
}

/** A message that was not sent is no send of the day either. */
function countsSends(day: ScopeWindow["day"]): number {
  return day?.askFromSends === undefined ? 0 : 1;
}

/** Subtracts a send that was not made from the windows that counted it. */
export async function release(
  deps: Pick<AdmissionDeps, "scopes" | "spend" | "logFault">,
  windows: readonly Counted[],
): Promise<void> {
  const decrements = windows
    .filter(({ charge }) => charge.kind === "counted")
    .map(({ key, day }) => ({ key, window: 1, day: 1, sends: countsSends(day) }));
  for (const outcome of await Promise.allSettled(subtracted(deps, decrements))) {
    if (outcome.status === "rejected") deps.logFault("unverified-not-released", outcome.reason);
  }
}
