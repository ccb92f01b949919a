import type { Limits } from "../policy/limits.ts";
import {
  type Admission,
  type AdmissionDeps,
  admit,
  isBadToken,
  type Requester,
  release,
  type ScopeFindings,
  type SendPayment,
} from "./admission.ts";
import { type DispatchDeps, dispatch, type OutgoingCode, segmentsFor } from "./dispatch.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type { Newest, NumberRecord, NumberStore, Random, TurnTicket, Write } from "./ports.ts";
import { turnReplaced, turnTaken } from "./rules.ts";
import type { Counted } from "./scopes.ts";
import {
  chargeFor,
  giveBack,
  reserve,
  type SpendStore,
  type SpendTerms,
  spendTermsAt,
} from "./spend.ts";
import { isInvalidTicket, isOldEnough, priorityOf, rowsFor, turnRefusal } from "./turns.ts";
import type { Instant, Verification } from "./verification.ts";

type SendEntry = Extract<JournalEntry, { event: "send" }>;

export type SendDeps = AdmissionDeps &
  DispatchDeps & {
    readonly numbers: Pick<
      NumberStore,
      "read" | "takeTurn" | "returnTurn" | "replaceTurn" | "undoReplacement"
    >;
    readonly spend: SpendStore;
    readonly random: Pick<Random, "integer">;
    readonly spendTerms: SpendTerms;
    readonly journal: Journal;
    readonly limits: Limits;
    /** The name of the app whose requests these are; nothing for the stage's own. */
    readonly app?: string | undefined;
  };

/** The send and its number. A start and a resend store different items. */
export type Send<Done> = Pick<
  SendEntry,
  | "of"
  | "verification"
  | "reference"
  | "number"
  | "country"
  | "channel"
  | "purpose"
  | "isUnallocated"
> & {
  /** Stored beside the turn: the verification that a check by number finds. */
  readonly newest?: Newest | undefined;
  readonly words: Parameters<typeof segmentsFor>[1];
  /** The turn of a message that failed, if there is one that this may take over; `only`: that turn or none. */
  readonly instead?: { readonly failed: Instant | undefined; readonly only: boolean };
  /** Stores the code, beside the turn or once it is taken; nothing where the turn is refused. What another request did in its place is `lost`. */
  readonly store: (turn: Turn) => Promise<Stored<Done> | undefined>;
  readonly done: (verification: Verification) => Done;
};

/** The turn of a send. */
export type Turn = {
  readonly now: Instant;
  readonly ticket: TurnTicket | undefined;
  readonly counts: readonly Counted[];
  /**
   * The record of the number with the turn in it, as it was read. Where the turn is taken, the record had no other turn since: the row of the
   * shortest window would have refused, since no function runs that long.
   */
  readonly expected: NumberRecord;
  readonly taking: Promise<TurnTaken>;
};

/** `failed`: the turn that it took over. */
type TurnTaken = Write<NumberRecord> & { readonly failed?: Instant };

export type Stored<Done> =
  | {
      readonly kind: "stored";
      readonly outgoing: Omit<OutgoingCode, "turn">;
      readonly undo: () => Promise<unknown>;
    }
  | { readonly kind: "lost"; readonly outcome: Done | Refusal };

/** One thing that a send has acquired, with its undo. */
type Hold = {
  readonly of: "client" | "shared" | "price" | "turn" | "code";
  readonly undo: () => Promise<unknown>;
};

/**
 * The holds that a send keeps when it is not made, by the cause. The client keeps its count for its own mistakes and for real costs, but not for a limit that others have filled or a full cap. A fault has sent nothing, because no step after the message can throw. The turn and the code stay, because their state is unknown.
 */
const KEPT = {
  "shared limit": [],
  "spend limit": [],
  "bad challenge token": ["client"],
  "number limit": ["client"],
  "another request": ["client"],
  "provider refusal": ["client"],
  fault: ["client", "turn", "code"],
} as const satisfies Readonly<Record<string, readonly Hold["of"][]>>;

/** Undoes the other holds in reverse order. An undo that fails is logged, and its hold stays; a code that cannot be removed is a fault. */
async function unwind(holds: Hold[], end: keyof typeof KEPT): Promise<void> {
  const kept: readonly string[] = KEPT[end];
  for (let hold = holds.pop(); hold !== undefined; hold = holds.pop())
    if (!kept.includes(hold.of)) await hold.undo();
}

/** The first reads of a send, in parallel with the claim of a start. They do not hold the number. */
export type Opening = { readonly admission: Admission; readonly record: NumberRecord };

/** Counts the send on its client and reads what its number has been sent. */
export async function openSend(
  deps: Pick<SendDeps, keyof AdmissionDeps | "numbers">,
  number: Send<unknown>["number"],
  requester: Requester,
): Promise<Opening> {
  const { now, ticket } = requester;
  const [admission, record] = await Promise.all([
    admit(deps, requester, "client"),
    deps.numbers.read(number, { now, ticket }),
  ]);
  return { admission, record };
}

/** The outcome and the price of one send. */
type Attempt<Done> = ScopeFindings &
  Pick<SendEntry, "priceMicros" | "spentPercent" | "spendThreshold" | "isCustomer"> & {
    readonly outcome: Done | Refusal;
    readonly end?: keyof typeof KEPT;
    readonly hasTicket?: boolean;
  };

/**
 * Makes a send that was opened. The record of the number refuses first. Then the shared scopes are counted while the price is reserved. The turn of the number is taken last, so that a refusal by another limit never holds it. Logs the result.
 */
export async function send<Done extends { readonly kind: string }>(
  deps: SendDeps,
  sending: Send<Done>,
  requester: Requester,
  opening: Opening,
): Promise<Done | Refusal> {
  const holds: Hold[] = [];
  try {
    const {
      end,
      outcome,
      hasTicket = false,
      ...line
    } = await attempt(deps, sending, opening, holds);
    if (end !== undefined) await unwind(holds, end);
    const { words: _, instead: __, store: ___, done: ____, ...subject } = sending;
    deps.journal({
      event: "send",
      ...subject,
      scopes: [...requester.scopes.client, ...requester.scopes.shared],
      outcome: isRefusal(outcome) ? outcome.why : "sent",
      hasTicket,
      ...(requester.isKnown && { isKnown: true }),
      ...line,
    });
    return outcome;
  } catch (fault) {
    await unwind(holds, "fault");
    throw fault;
  }
}

async function attempt<Done>(
  deps: SendDeps,
  sending: Send<Done>,
  { admission, record }: Opening,
  holds: Hold[],
): Promise<Attempt<Done>> {
  if (admission.kind === "refused") {
    const { refusal, limited, watched } = admission;
    return { ...UNPAID, limited, watched, outcome: refusal };
  }
  const { requester, windows, limited, watched } = admission;
  const { now, ticket } = requester;
  if (isInvalidTicket(record, ticket)) {
    await release(deps, windows);
    const ticketless = await admit(deps, { ...requester, ticket: undefined }, "client");
    return attempt(deps, sending, { admission: ticketless, record }, holds);
  }
  holds.push({ of: "client", undo: () => release(deps, windows) });
  const expected = recordAfter(deps, sending, record, { now, ticket });
  // It stays counted on the client, so that repeated requests for a refused number reach the client's limit.
  if (expected === undefined) {
    const outcome = turnRefusal(deps.limits, record, { now, ticket });
    return { ...UNPAID, limited, watched, outcome, end: "number limit" };
  }
  const entered = { admission, record, expected, now };
  const shared = await share(deps, sending, entered, holds);
  if (!requester.isKnown || shared.end !== "spend limit") return shared;
  // The share of known numbers is used up: the send is a stranger's.
  const stranger = { ...admission, requester: { ...requester, isKnown: false } };
  return share(deps, sending, { ...entered, admission: stranger }, holds);
}

/** The price of a send that was not made. */
const UNPAID = { priceMicros: 0 } as const;

/** The record of a number with one turn more, or nothing where it takes none. */
function recordAfter(
  { limits }: Pick<SendDeps, "limits">,
  { instead }: Pick<Send<unknown>, "instead">,
  record: NumberRecord,
  { now, ticket }: Pick<Turn, "now" | "ticket">,
): NumberRecord | undefined {
  const { failed, only = false } = instead ?? {};
  const replaced = failed === undefined ? undefined : turnReplaced(record, { failed, now });
  if (replaced !== undefined || only) return replaced;
  return turnTaken(record, { now, ticket }, rowsFor(limits, ticket));
}

/** A send that the client's limits and the number's record admit. */
type Entered = {
  readonly admission: Extract<Admission, { kind: "admitted" }>;
  readonly record: NumberRecord;
  readonly expected: NumberRecord;
  readonly now: Instant;
};

/** Counts the send in the shared scopes, and reserves its price with it. */
async function share<Done>(
  deps: SendDeps,
  sending: Send<Done>,
  entered: Entered,
  holds: Hold[],
): Promise<Attempt<Done>> {
  const { admission, expected, now } = entered;
  const { requester, windows } = admission;
  const { ticket, isKnown } = requester;
  const hasRipeTicket = isOldEnough(ticket, expected.provenAt, now);
  const asking = hasRipeTicket ? requester : { ...requester, ticket: undefined };
  const payment = paymentOf(deps, sending, entered, holds);
  const shared = await admit(deps, asking, "shared", { client: windows, payment });
  const limited = [...admission.limited, ...shared.limited];
  const watched = [...admission.watched, ...shared.watched];
  if (shared.kind === "refused") {
    const end = isBadToken(shared.refusal, requester) ? "bad challenge token" : "shared limit";
    return { ...UNPAID, limited, watched, outcome: shared.refusal, end };
  }
  holds.push({ of: "shared", undo: () => release(deps, shared.windows) });
  const line = {
    limited,
    watched,
    hasTicket: ticket !== undefined,
    isCustomer: hasRipeTicket || isKnown,
  };
  const { reservation: price } = shared;
  if (price === undefined) throw new Error("a send was let through without its price");
  const { spentPercent } = price;
  if (price.kind === "refused") {
    const { retryAt } = price;
    const outcome = { kind: "refused", why: "sending-paused", retryAt } as const;
    return { ...UNPAID, ...line, outcome, spentPercent, end: "spend limit" };
  }
  const counts = [...windows, ...shared.windows];
  const sent = await storeAndSend(deps, sending, { ...entered, counts }, holds);
  const priceMicros = sent.end === undefined ? price.charge.micros : 0;
  const { spendThreshold } = price;
  return {
    ...line,
    ...sent,
    priceMicros,
    spentPercent,
    ...(spendThreshold === undefined ? {} : { spendThreshold }),
  };
}

/** The price of a send, on the caps that its number may use. */
function paymentOf(
  deps: SendDeps,
  { country, channel, words }: Send<unknown>,
  { admission: { requester, layouts }, expected, now }: Entered,
  holds: Hold[],
): SendPayment {
  const { ticket, isKnown } = requester;
  const priority = priorityOf(expected, { ticket, isKnown, now });
  const spendTerms = spendTermsAt(deps.spendTerms, layouts, now);
  const segments = segmentsFor(deps, words);
  const priced = { country, channel, segments, isKnown: priority === "known", now };
  const charge = chargeFor({ ...deps, spendTerms }, priced);
  return {
    shard: charge.shard,
    reserve: async (beside) => {
      const reservation = await reserve(deps.spend, spendTerms, { charge, priority, now, beside });
      if (reservation.kind === "reserved")
        holds.push({ of: "price", undo: () => giveBack(deps, charge) });
      return reservation;
    },
  };
}

/** Takes the turn, stores the code and sends it. */
async function storeAndSend<Done>(
  deps: SendDeps,
  sending: Send<Done>,
  { admission, record, counts }: Entered & Pick<Turn, "counts">,
  holds: Hold[],
): Promise<Pick<Attempt<Done>, "outcome" | "end">> {
  const { ticket } = admission.requester;
  // The clock is read again, so that slow steps before do not date the turn back.
  const now = deps.clock();
  const taking = turnFor(deps, sending, { now, ticket, record }, holds);
  const expected = recordAfter(deps, sending, record, { now, ticket }) ?? record;
  const storing = sending.store({ now, ticket, expected, counts, taking });
  // Only after both have ended is the fault of one thrown.
  await Promise.allSettled([taking, storing]);
  const [turn, stored] = await Promise.all([taking, storing]);
  if (stored?.kind === "stored") holds.push({ of: "code", undo: stored.undo });
  if (turn.kind === "refused" || stored === undefined)
    return { outcome: turnRefusal(deps.limits, turn.item, { now, ticket }), end: "number limit" };
  if (stored.kind === "lost") return { outcome: stored.outcome, end: "another request" };
  const outcome = await dispatch(deps, { ...stored.outgoing, turn: now });
  return "kind" in outcome
    ? { outcome, end: "provider refusal" }
    : { outcome: sending.done(outcome) };
}

/** The turn of the message that failed, where it is still there to take; else one of its own. */
async function turnFor(
  { numbers, logFault }: SendDeps,
  { number, instead, newest }: Send<unknown>,
  { now, ticket, record }: Pick<Turn, "now" | "ticket"> & Pick<Entered, "record">,
  holds: Hold[],
): Promise<TurnTaken> {
  const hold = (undo: () => Promise<void>) =>
    holds.push({
      of: "turn",
      undo: () => undo().catch((fault: unknown) => logFault("turn-not-returned", fault)),
    });
  const { failed, only = false } = instead ?? {};
  if (failed !== undefined) {
    const replaced = await numbers.replaceTurn(number, { failed, now });
    if (replaced.kind === "taken") hold(() => numbers.undoReplacement(number, { failed, now }));
    if (replaced.kind === "taken" || only) return { ...replaced, failed };
  }
  const turn = await numbers.takeTurn(number, now, ticket, newest);
  // No other start of the number came between its read and this turn, so what was read is what the turn replaced.
  const before = newest && { app: newest.app, sealed: record.newest?.[newest.app] };
  if (turn.kind === "taken") hold(() => numbers.returnTurn(number, now, ticket, before));
  return turn;
}

function isRefusal(outcome: object): outcome is Refusal {
  return "kind" in outcome && outcome.kind === "refused";
}
