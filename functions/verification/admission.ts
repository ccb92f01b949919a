import {
  type ChallengeTerms,
  type ChallengeVerifier,
  hasPassed,
  isChallenged,
} from "./challenge.ts";
import type { Refusal } from "./outcomes.ts";
import type { FaultLog, Random, ScopeStore, SendingSwitch, Standing, TurnTicket } from "./ports.ts";
import {
  type Booked,
  owed,
  type ScopeKind,
  type ScopeTerms,
  type ScopeWindow,
  type SendScopes,
  windowsAt,
} from "./scopes.ts";
import type { Instant } from "./verification.ts";

export type AdmissionWorld = {
  readonly scopes: Pick<ScopeStore, "add" | "credit" | "recall">;
  readonly sendingSwitch: SendingSwitch;
  readonly random: Pick<Random, "integer">;
  readonly logFault: FaultLog;
  readonly scopeTerms: ScopeTerms;
  /** What a stage asks of starts beside all limits, if anything. */
  readonly challenge?: Challenge | undefined;
};

export type Challenge = { readonly terms: ChallengeTerms; readonly verifier: ChallengeVerifier };

/** Who asks for a send. */
export type Applicant = {
  readonly now: Instant;
  readonly scopes: SendScopes;
  readonly ticket: TurnTicket | undefined;
  readonly clientAddress: string | undefined;
  readonly challengeToken?: string | undefined;
  /** Whether the token was good: none is good twice. */
  readonly hasPassedChallenge?: boolean;
};

/**
 * What an admission says of its scopes, whatever its end: which owed their floor and refused, and which would have, had they been enforced. Not
 * which an operator has closed: that he knows, and it is no news of an attack.
 */
export type ScopeFindings = {
  readonly rested: readonly ScopeKind[];
  readonly watched: readonly ScopeKind[];
};

export type Admission =
  | (ScopeFindings & {
      readonly kind: "admitted";
      /** Where the send is booked as unproven. */
      readonly windows: readonly Booked[];
      /** As it came, less a ticket that no longer stands, and with the challenge that it passed. */
      readonly applicant: Applicant;
    })
  | (ScopeFindings & { readonly kind: "refused"; readonly refusal: Refusal });

/**
 * Asks the scopes of the client, or those that many share, and the kill switch side by side, each scope in one conditional write. The shared ones
 * are asked only once the client and the number have had their say, so that nobody can wear them out who is refused anyway. A returning ticket
 * stands for its owner, who has proven this number: no floor refuses him, but what an operator closed is closed for him too. What is refused here
 * owes nothing.
 */
export async function admit(
  world: AdmissionWorld,
  applicant: Applicant,
  which: keyof SendScopes,
): Promise<Admission> {
  const { now, ticket, scopes } = applicant;
  const { random } = world;
  const asked = windowsAt(scopes[which], world.scopeTerms, { now, random });
  const known = knownRefusals(world, asked, applicant);
  const bookings =
    known.length > 0 ? known : asked.map((window) => booked(world, window, applicant));
  const [windows, standing] = await Promise.all([
    Promise.all(bookings),
    world.sendingSwitch.standing(),
  ]).catch(async (fault: unknown) => {
    await repayBooked(world, bookings);
    throw fault;
  });
  if (ticket !== undefined && ticket.issuedAt < standing.ticketsFrom) {
    await repay(world, windows);
    return admit(world, { ...applicant, ticket: undefined }, which);
  }
  const findings = findingsOf(windows, ticket);
  const judged = await judge(world, { applicant, windows, standing });
  if ("hasPassedChallenge" in judged)
    return { kind: "admitted", ...findings, windows, applicant: { ...applicant, ...judged } };
  await repay(world, windows);
  return { kind: "refused", ...findings, refusal: judged };
}

async function booked(
  { scopes }: Pick<AdmissionWorld, "scopes">,
  window: ScopeWindow,
  applicant: Pick<Applicant, "ticket">,
): Promise<Booked> {
  return { ...window, booking: await scopes.add(debtOf(window, applicant)) };
}

function debtOf(window: ScopeWindow, { ticket }: Pick<Applicant, "ticket">) {
  const floor = ticket === undefined && window.mode === "enforce" ? window.floor : undefined;
  return { ...window, floor };
}

/** Where one of them is known to refuse, nothing is booked beside it: under an attack each booking and its repayment would be two writes for nothing. */
function knownRefusals(
  { scopes }: Pick<AdmissionWorld, "scopes">,
  windows: readonly ScopeWindow[],
  applicant: Pick<Applicant, "ticket">,
): readonly Promise<Booked>[] {
  return windows.flatMap((window) => {
    const booking = scopes.recall?.(debtOf(window, applicant));
    return booking === undefined ? [] : [Promise.resolve({ ...window, booking })];
  });
}

function findingsOf(windows: readonly Booked[], ticket: TurnTicket | undefined): ScopeFindings {
  const kinds = (isFound: (window: Booked) => boolean) =>
    windows.filter(isFound).map(({ kind }) => kind);
  return {
    rested: kinds(({ booking }) => booking.kind === "full"),
    watched: ticket === undefined ? kinds(({ booking, floor }) => owed(booking) > floor) : [],
  };
}

type Passed = { readonly hasPassedChallenge: boolean };

/** A pause is told first, since it refuses everybody; then what the scopes say; and only who would be let in is asked for a challenge. */
async function judge(
  world: AdmissionWorld,
  {
    applicant,
    windows,
    standing,
  }: {
    readonly applicant: Applicant;
    readonly windows: readonly Booked[];
    readonly standing: Standing;
  },
): Promise<Passed | Refusal> {
  if (standing.isPaused) return { kind: "refused", why: "sending-paused" };
  const closed = windows.filter(({ booking }) => booking.kind !== "booked");
  if (closed.length > 0) {
    const retryAt = Math.max(...closed.map(({ endsAt }) => endsAt));
    return { kind: "refused", why: "too-many-requests", retryAt };
  }
  return challenged(world, applicant, windows);
}

async function challenged(
  { challenge }: AdmissionWorld,
  { ticket, challengeToken: token, clientAddress, hasPassedChallenge = false }: Applicant,
  windows: readonly Booked[],
): Promise<Passed | Refusal> {
  const isExempt = ticket !== undefined || hasPassedChallenge || challenge === undefined;
  if (isExempt || !isChallenged(challenge.terms, windows)) return { hasPassedChallenge };
  if (token !== undefined) {
    const result = await challenge.verifier.verify({ token, clientAddress });
    if (hasPassed(result, challenge.terms)) return { hasPassedChallenge: true };
  }
  const { provider, siteKey, action } = challenge.terms;
  return { kind: "refused", why: "challenge-required", challenge: { provider, siteKey, action } };
}

/** What a fault beside it has made worthless. A booking whose answer was lost stays: to give back what was never booked would make room. */
async function repayBooked(
  world: AdmissionWorld,
  bookings: readonly Promise<Booked>[],
): Promise<void> {
  const ends = await Promise.allSettled(bookings);
  await repay(
    world,
    ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : [])),
  );
}

/** What sent nothing is no debt. */
export async function repay(
  { scopes, logFault }: Pick<AdmissionWorld, "scopes" | "logFault">,
  windows: readonly Booked[],
): Promise<void> {
  const owing = windows.filter(({ booking }) => booking.kind === "booked");
  const repaid = await Promise.allSettled(owing.map(({ key }) => scopes.credit(key, 1)));
  for (const outcome of repaid) {
    if (outcome.status === "rejected") logFault("debt-not-repaid", outcome.reason);
  }
}
