import {
  type Admission,
  type AdmissionWorld,
  type Applicant,
  admit,
  repay,
  type ScopeFindings,
} from "./admission.ts";
import type { JournalEntry } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, Journal, NumberBook, NumberStore, TurnTicket } from "./ports.ts";
import type { ScopeWindow } from "./scopes.ts";
import { isRevoked, turnRefusal } from "./turns.ts";
import type { Instant } from "./verification.ts";

type SendEntry = Extract<JournalEntry, { event: "send" }>;

export type AttemptWorld = AdmissionWorld & {
  readonly numbers: Pick<NumberStore, "takeTurn" | "returnTurn">;
  readonly clock: Clock;
  readonly journal: Journal;
};

/** What is to be sent, and for whom. */
export type SendIntent = Pick<
  SendEntry,
  "of" | "number" | "country" | "channel" | "purpose" | "isUnallocated"
> & { readonly applicant: Applicant };

/** What became of one send, and what it cost. */
export type SendAttempt<Done> = Pick<SendEntry, "priceMicros" | "spentPercent"> & {
  readonly outcome: Done | Refusal;
};

/** What a send costs that was not made. */
export const UNPAID = { priceMicros: 0 } as const;

/** A send that holds its number's turn and is booked on all of its scopes. */
export type Entry = {
  /** The turn. */
  readonly now: Instant;
  readonly book: NumberBook;
  readonly ticket: TurnTicket | undefined;
  /** All that it is booked on, and of those the ones that many share. */
  readonly windows: readonly ScopeWindow[];
  readonly sharedWindows: readonly ScopeWindow[];
};

/**
 * Makes a send that its client was admitted for: takes the turn of the number, books it on what many share, and lets `send` do the rest. Writes
 * down what became of it, whatever it is.
 */
export async function attempt<Done extends { readonly kind: string }>(
  world: AttemptWorld,
  intent: SendIntent,
  admission: Admission,
  send: (entry: Entry) => Promise<SendAttempt<Done>>,
): Promise<Done | Refusal> {
  const entered = await enter(world, intent, admission);
  const { outcome, ...paid } =
    entered.kind === "refused"
      ? { outcome: entered.refusal, ...UNPAID }
      : await send(entered.entry);
  const { applicant, ...subject } = intent;
  world.journal({
    event: "send",
    ...subject,
    scopes: [...applicant.scopes.client, ...applicant.scopes.shared],
    outcome: isRefusal(outcome) ? outcome.why : "sent",
    hasTicket: entered.kind === "entered" && entered.entry.ticket !== undefined,
    rested: entered.rested,
    watched: entered.watched,
    ...paid,
  });
  return outcome;
}

type Entered = ScopeFindings &
  (
    | { readonly kind: "entered"; readonly entry: Entry }
    | { readonly kind: "refused"; readonly refusal: Refusal }
  );

async function enter(
  world: AttemptWorld,
  intent: SendIntent,
  admission: Admission,
): Promise<Entered> {
  if (admission.kind === "refused") return admission;
  const { applicant, windows } = admission;
  const { ticket } = applicant;
  // Asked again: a round trip that had to be repeated must not date the turn back.
  const now = world.clock();
  const turn = await world.numbers.takeTurn(intent.number, now, ticket);
  if (turn.kind === "refused" && isRevoked(turn.item, ticket)) {
    await repay(world, windows);
    const ticketless = { ...applicant, ticket: undefined };
    return enter(world, intent, await admit(world, ticketless, "client"));
  }
  // It stays booked on the client: hammering a number that takes no turn is what the debt is for.
  if (turn.kind === "refused")
    return { ...admission, kind: "refused", refusal: turnRefusal(turn.item, now, ticket) };
  const shared = await admit(world, applicant, "shared");
  const findings = {
    rested: [...admission.rested, ...shared.rested],
    watched: [...admission.watched, ...shared.watched],
  };
  if (shared.kind === "refused") {
    await leave(world, intent, { now, windows });
    return { kind: "refused", refusal: shared.refusal, ...findings };
  }
  const entry = {
    now,
    book: turn.item,
    ticket,
    windows: [...windows, ...shared.windows],
    sharedWindows: shared.windows,
  };
  return { kind: "entered", entry, ...findings };
}

type LeavingWorld = Pick<AttemptWorld, "numbers" | "scopes" | "logFault">;

/** Gives back all that a send holds that we did not make. */
export async function leave(
  world: LeavingWorld,
  { number }: Pick<SendIntent, "number">,
  { now, windows }: Pick<Entry, "now" | "windows">,
): Promise<void> {
  await Promise.all([world.numbers.returnTurn(number, now), repay(world, windows)]);
}

/** The same for a send that the provider did not make: its client keeps the debt, or he could ask without end for what wears out everybody. */
export async function leaveUnsent(
  world: LeavingWorld,
  { number }: Pick<SendIntent, "number">,
  { now, sharedWindows }: Entry,
): Promise<void> {
  await leave(world, { number }, { now, windows: sharedWindows });
}

function isRefusal(outcome: { readonly kind: string } | Refusal): outcome is Refusal {
  return outcome.kind === "refused";
}
