import type { Limits } from "../policy/limits.ts";
import {
  type Admission,
  type AdmissionDeps,
  admit,
  isBadToken,
  type Requester,
  release,
  type ScopeFindings,
} from "./admission.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, NumberRecord, NumberStore, TurnTicket, Write } from "./ports.ts";
import type { Counted } from "./scopes.ts";
import type { Layouts } from "./shards.ts";
import { isRipe, isWorthless, type Standing, standingOf, turnRefusal } from "./turns.ts";
import type { Instant } from "./verification.ts";

type SendEntry = Extract<JournalEntry, { event: "send" }>;

export type AttemptDeps = AdmissionDeps & {
  readonly numbers: Pick<
    NumberStore,
    "takeTurn" | "returnTurn" | "replaceTurn" | "undoReplacement"
  >;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly limits: Limits;
};

/** The send and its number. */
export type SendIntent = Pick<
  SendEntry,
  "of" | "number" | "country" | "channel" | "purpose" | "isUnallocated"
> & {
  readonly requester: Requester;
  /** The turn of a message that failed, which this one may take over. */
  readonly failedTurn?: Instant | undefined;
  /** Take that turn or none. */
  readonly onlyInstead?: boolean | undefined;
};

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
  readonly record: NumberRecord;
  readonly ticket: TurnTicket | undefined;
  readonly standing: Standing;
  /** Whether no shared limit refuses it. */
  readonly isCustomer: boolean;
  /** The turn that it took over, if it did. */
  readonly failedTurn: Instant | undefined;
  /** All that it is booked on, and of those the ones that many share. */
  readonly windows: readonly Counted[];
  readonly sharedWindows: readonly Counted[];
  /** The shards in force. */
  readonly layouts: Layouts;
};

/**
 * Makes a send that its client was admitted for: takes the turn of the number, books it on what many share, and lets `send` do the rest. Writes
 * down what became of it, whatever it is.
 */
export async function attempt<Done extends { readonly kind: string }>(
  deps: AttemptDeps,
  intent: SendIntent,
  admission: Admission,
  send: (entry: Entry) => Promise<SendAttempt<Done>>,
): Promise<Done | Refusal> {
  const entered = await enter(deps, intent, admission);
  const { outcome, ...paid } =
    entered.kind === "refused"
      ? { outcome: entered.refusal, ...UNPAID }
      : await sendOrRelease(deps, entered.entry, send);
  const { requester, failedTurn: _, onlyInstead: __, ...subject } = intent;
  deps.journal({
    event: "send",
    ...subject,
    scopes: [...requester.scopes.client, ...requester.scopes.shared],
    outcome: isRefusal(outcome) ? outcome.why : "sent",
    hasTicket: entered.kind === "entered" && entered.entry.ticket !== undefined,
    ...(entered.kind === "entered" && { isCustomer: entered.entry.isCustomer }),
    ...(requester.isKnown && { isKnown: true }),
    limited: entered.limited,
    watched: entered.watched,
    ...paid,
  });
  return outcome;
}

/**
 * A faulted send has sent nothing, since nothing after the message can fault. Such sends must not fill the shared scopes: a throttled item of one
 * minute would block a country for an hour. The turn and the client's unverified sends stay, since their state is unknown.
 */
async function sendOrRelease<Attempt>(
  deps: AttemptDeps,
  entry: Entry,
  send: (entry: Entry) => Promise<Attempt>,
): Promise<Attempt> {
  try {
    return await send(entry);
  } catch (fault) {
    await release(deps, entry.sharedWindows);
    throw fault;
  }
}

type Entered = ScopeFindings &
  (
    | { readonly kind: "entered"; readonly entry: Entry }
    | { readonly kind: "refused"; readonly refusal: Refusal }
  );

async function enter(
  deps: AttemptDeps,
  intent: SendIntent,
  admission: Admission,
): Promise<Entered> {
  if (admission.kind === "refused") return admission;
  const { requester, windows } = admission;
  const { ticket } = requester;
  // Asked again: a round trip that had to be repeated must not date the turn back.
  const now = deps.clock();
  const { failedTurn, ...turn } = await turnFor(deps, intent, { now, ticket });
  if (turn.kind === "refused" && isWorthless(turn.item, ticket)) {
    await release(deps, windows);
    const ticketless = { ...requester, ticket: undefined };
    return enter(deps, intent, await admit(deps, ticketless, "client"));
  }
  // It stays booked on the client: hammering a number that takes no turn is what the unverified sends is for.
  if (turn.kind === "refused")
    return {
      ...admission,
      kind: "refused",
      refusal: turnRefusal(deps.limits, turn.item, { now, ticket }),
    };
  const { isKnown } = requester;
  const standing = standingOf(turn.item, { ticket, isKnown, now });
  const isCustomer = isRipe(ticket, turn.item.provenAt, now);
  const asking = isCustomer ? requester : { ...requester, ticket: undefined };
  const shared = await admit(deps, asking, "shared", windows);
  const findings = {
    limited: [...admission.limited, ...shared.limited],
    watched: [...admission.watched, ...shared.watched],
  };
  if (shared.kind === "refused") {
    const held = isBadToken(shared.refusal, requester) ? [] : windows;
    await leave(deps, intent, { now, ticket, windows: held, failedTurn });
    return { kind: "refused", refusal: shared.refusal, ...findings };
  }
  const entry = {
    now,
    record: turn.item,
    ticket,
    standing,
    isCustomer: isCustomer || isKnown,
    failedTurn,
    windows: [...windows, ...shared.windows],
    sharedWindows: shared.windows,
    layouts: shared.layouts,
  };
  return { kind: "entered", entry, ...findings };
}

type TurnTaken = Write<NumberRecord> & { readonly failedTurn?: Instant | undefined };

/** The turn of the message that failed, where it is still there to take; else one of its own. */
async function turnFor(
  { numbers }: Pick<AttemptDeps, "numbers">,
  { number, failedTurn, onlyInstead = false }: SendIntent,
  { now, ticket }: Pick<Entry, "now" | "ticket">,
): Promise<TurnTaken> {
  if (failedTurn !== undefined) {
    const turn = await numbers.replaceTurn(number, { failed: failedTurn, now });
    if (turn.kind === "taken") return { ...turn, failedTurn };
  }
  return onlyInstead ? { kind: "refused", item: undefined } : numbers.takeTurn(number, now, ticket);
}

type LeavingDeps = Pick<AttemptDeps, "numbers" | "scopes" | "logFault">;

/** Gives back all that a send holds that we did not make. Never throws: a turn that cannot be given back stays spent. */
export async function leave(
  deps: LeavingDeps,
  { number }: Pick<SendIntent, "number">,
  { now, ticket, windows, failedTurn }: Pick<Entry, "now" | "ticket" | "windows" | "failedTurn">,
): Promise<void> {
  const { numbers } = deps;
  const turn =
    failedTurn === undefined
      ? numbers.returnTurn(number, now, ticket)
      : numbers.undoReplacement(number, { failed: failedTurn, now });
  const returned = turn.catch((fault: unknown) => deps.logFault("turn-not-returned", fault));
  await Promise.all([returned, release(deps, windows)]);
}

/** The same for a send that the provider did not make: its client keeps the unverified sends, or he could ask without end for what wears out everybody. */
export async function leaveUnsent(
  deps: LeavingDeps,
  { number }: Pick<SendIntent, "number">,
  { now, ticket, sharedWindows, failedTurn }: Entry,
): Promise<void> {
  await leave(deps, { number }, { now, ticket, windows: sharedWindows, failedTurn });
}

function isRefusal(outcome: { readonly kind: string } | Refusal): outcome is Refusal {
  return outcome.kind === "refused";
}
