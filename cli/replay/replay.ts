import { LIMITS } from "../../functions/policy/limits.ts";
import type { Mac, ScopeKey } from "../../functions/verification/identifiers.ts";
import { DAY_MS } from "../../functions/verification/pace.ts";
import type { NumberRecord, TurnTicket } from "../../functions/verification/ports.ts";
import {
  failureAdded,
  failuresCleared,
  turnReturned,
  turnTaken,
  UNKNOWN_NUMBER,
} from "../../functions/verification/rules.ts";
import {
  decrementFor,
  isDecremented,
  itemOf,
  type ScopeKind,
  type ScopeWindow,
  windowsAt,
} from "../../functions/verification/scopes.ts";
import { capsOf, dayOf } from "../../functions/verification/spend.ts";
import { rowsFor } from "../../functions/verification/turns.ts";
import { CLIENTS } from "../../infra/stage-rules.ts";
import type { PastCheck, PastEvent, PastSend } from "./events.ts";
import type { Settings } from "./settings.ts";

/** Why a send was refused: a scope, the number, the money, its start that was not sent, or a reason that no limit decides. */
export type Obstacle = ScopeKind | "number" | "spend" | "its start" | "anything else";

/** The result of past traffic. */
export type Outcome = {
  readonly sends: number;
  readonly micros: number;
  readonly refusals: ReadonlyMap<Obstacle, number>;
  /** The numbers that were verified. */
  readonly proven: ReadonlySet<Mac>;
};

type Tally = {
  sends: number;
  micros: number;
  readonly refusals: Map<Obstacle, number>;
  readonly proven: Set<Mac>;
};

const aTally = (): Tally => ({ sends: 0, micros: 0, refusals: new Map(), proven: new Set() });

function note(tally: Tally, met: Obstacle | number): void {
  if (typeof met === "number") {
    tally.sends += 1;
    tally.micros += met;
  } else tally.refusals.set(met, (tally.refusals.get(met) ?? 0) + 1);
}

/** The result as the log records it. */
export function asLogged(events: readonly PastEvent[]): Outcome {
  const tally = aTally();
  for (const event of events) {
    if (event.event === "send") note(tally, loggedEnd(event));
    else if (event.result === "approved") tally.proven.add(event.number);
  }
  return tally;
}

const OF_NUMBER = ["too-many-sends", "number-locked"];

function loggedEnd({ outcome, priceMicros, limited, spentPercent }: PastSend): Obstacle | number {
  if (outcome === "sent") return priceMicros;
  const [scope] = limited;
  if (scope !== undefined) return scope;
  // A pause by an operator has nothing to do with money.
  if (outcome === "sending-paused" && spentPercent !== undefined) return "spend";
  return OF_NUMBER.includes(outcome) ? "number" : "anything else";
}

/**
 * The result under other settings. The traffic stays the same: a caller that is refused here does not return, and a send that was refused then
 * and is sent here stays unverified. Operators' blocks and pauses, challenges and refusals of the provider stay as they were. Counters begin at
 * 0.
 */
export function replay(events: readonly PastEvent[], settings: Settings): Outcome {
  const tally = aTally();
  const counters: Counters = {
    records: new Map(),
    counts: new Map(),
    spent: new Map(),
    open: new Map(),
  };
  for (const event of events) {
    if (event.event === "send") note(tally, sendAgain(counters, settings, event));
    else if (checkAgain(counters, event)) tally.proven.add(event.number);
  }
  return tally;
}

type Counters = {
  readonly records: Map<Mac, NumberRecord>;
  /** By window, and by the item of a day where the day is counted. */
  readonly counts: Map<string, { readonly unverified: number; readonly minimum: number }>;
  readonly spent: Map<string, number>;
  /** The newest verification of a number: the counts of its start, and when its newest code expires. */
  readonly open: Map<Mac, { readonly counts: readonly ScopeKey[]; readonly until: number }>;
};

/** Sends if no scope of the client, no turn, no shared scope and no cap refuses, in this order. Reserves the price. */
function sendAgain(counters: Counters, settings: Settings, send: PastSend): Obstacle | number {
  const asLogged = loggedEnd(send);
  if (asLogged === "anything else") return asLogged;
  const { number, at } = send;
  const earlier = counters.open.get(number);
  const isOpen = earlier !== undefined && earlier.until > at;
  if (send.of === "resend" && !isOpen) return "its start";
  const end = decide(counters, settings, send);
  if (typeof end === "string") return end;
  const until = at + settings.limits.codeLifetimeSeconds * 1_000;
  const counts = send.of === "resend" && isOpen ? earlier.counts : end.counts;
  counters.open.set(number, { counts, until });
  return end.micros;
}

type Sent = { readonly micros: number; readonly counts: readonly ScopeKey[] };

function decide(counters: Counters, settings: Settings, send: PastSend): Obstacle | Sent {
  const { number, at: now } = send;
  const client = bookAll(counters, settings, send, "client");
  if ("full" in client) return client.full;
  const ticket = ticketOf(send);
  const record = counters.records.get(number) ?? UNKNOWN_NUMBER;
  const taken = turnTaken(record, { now, ticket }, rowsFor(settings.limits, ticket));
  if (taken === undefined) return "number";
  counters.records.set(number, taken);
  const shared = bookAll(counters, settings, send, "shared");
  if ("full" in shared) {
    leave(counters, send, client.keys);
    return shared.full;
  }
  const counts = [...client.decremented, ...shared.decremented];
  const micros = reserveAgain(counters, settings, send, taken);
  if (micros !== undefined) return { micros, counts };
  leave(counters, send, [...client.keys, ...shared.keys]);
  return "spend";
}

function leave(
  counters: Counters,
  { number, at, hasTicket }: PastSend,
  keys: readonly ScopeKey[],
): void {
  release(counters, keys);
  const record = counters.records.get(number);
  const returned = record && turnReturned(record, at, ticketOf({ hasTicket, at }));
  if (returned !== undefined) counters.records.set(number, returned);
}

/** A log does not contain whether the ticket was revoked. */
function ticketOf({ hasTicket, at }: Pick<PastSend, "hasTicket" | "at">): TurnTicket | undefined {
  return hasTicket ? { issuedAt: at } : undefined;
}

function release(
  { counts }: Counters,
  keys: readonly ScopeKey[],
  decrement = (_: ScopeKey) => ({ window: 1, day: 1 }),
): void {
  for (const key of keys) {
    const { window, day } = decrement(key);
    const { item } = itemOf(key);
    lessIn(counts, key, window);
    if (item !== key) lessIn(counts, item, day);
  }
}

function lessIn(counts: Counters["counts"], name: string, amount: number): void {
  const held = counts.get(name);
  // It stops at its minimum: the room of a window is at most twice its limit.
  if (held === undefined || held.unverified <= held.minimum) return;
  counts.set(name, { ...held, unverified: held.unverified - amount });
}

function oneMoreIn(counts: Counters["counts"], name: string, minimum: number): void {
  counts.set(name, { unverified: (counts.get(name)?.unverified ?? 0) + 1, minimum });
}

const CLIENT_KINDS: ReadonlySet<ScopeKind> = new Set<ScopeKind>(CLIENTS);

/** Counts a send in its windows of this kind, or returns the scope that is full. */
function bookAll(
  counters: Counters,
  { scopeTerms }: Settings,
  { scopes, at, hasTicket, isCustomer = hasTicket, isKnown = false }: PastSend,
  which: "client" | "shared",
): { readonly [Of in "keys" | "decremented"]: readonly ScopeKey[] } | { readonly full: ScopeKind } {
  const isApart = isKnown && which === "shared";
  const asked = isApart
    ? []
    : scopes.filter(({ kind }) => CLIENT_KINDS.has(kind) === (which === "client"));
  const windows = windowsAt(asked, scopeTerms, { now: at });
  const isFree = which === "client" ? hasTicket : isCustomer;
  const isOver = (name: string, max = Number.POSITIVE_INFINITY) =>
    (counters.counts.get(name)?.unverified ?? 0) >= max;
  const isFull = ({ key, mode, max, day }: ScopeWindow) =>
    mode === "enforce" && !isFree && (isOver(key, max) || isOver(itemOf(key).item, day?.max));
  const full = windows.find(isFull);
  if (full !== undefined) return { full: full.kind };
  for (const { key, minimum, day } of windows) {
    oneMoreIn(counters.counts, key, minimum);
    if (day !== undefined) oneMoreIn(counters.counts, itemOf(key).item, day.minimum);
  }
  const unverified = (key: ScopeKey) => counters.counts.get(key)?.unverified ?? 0;
  const decremented = windows.filter((window) => isDecremented(window, unverified(window.key)));
  return { keys: windows.map(({ key }) => key), decremented: decremented.map(({ key }) => key) };
}

const MONEY_COUNTERS = ["day", "hour", "countryDay", "countryHour"] as const;

/** Reserves the price of then, or the stage's price of now. Returns nothing if a cap has no room for it. */
function reserveAgain(
  { spent }: Counters,
  { spendTerms }: Settings,
  { at, country, channel, hasTicket, isCustomer = hasTicket, priceMicros }: PastSend,
  { turns }: NumberRecord,
): number | undefined {
  const micros = priceMicros > 0 ? priceMicros : (spendTerms.prices[country]?.[channel] ?? 0);
  const day = dayOf(at);
  const hour = `${day} ${new Date(at).getUTCHours()}`;
  const keys = { day, hour, countryDay: `${day} ${country}`, countryHour: `${hour} ${country}` };
  const priority = isCustomer ? "customer" : "stranger";
  const isLater =
    turns.filter((turn) => turn > at - DAY_MS).length > LIMITS.firstSendsPerDay[priority];
  const caps = capsOf(spendTerms, { country, priority: isLater ? "later" : priority, now: at });
  const isOver = (counter: (typeof MONEY_COUNTERS)[number]) =>
    (spent.get(keys[counter]) ?? 0) > caps[counter] - micros;
  if (MONEY_COUNTERS.some(isOver)) return undefined;
  for (const key of Object.values(keys)) spent.set(key, (spent.get(key) ?? 0) + micros);
  return micros;
}

/** Whether the check verifies the number. A code that was not sent here is neither right nor wrong. */
function checkAgain(counters: Counters, { number, at, result }: PastCheck): boolean {
  const verification = counters.open.get(number);
  if (verification === undefined || verification.until <= at) return false;
  const record = counters.records.get(number) ?? UNKNOWN_NUMBER;
  if (result !== "approved") {
    counters.records.set(number, failureAdded(record, at));
    return false;
  }
  counters.records.set(number, failuresCleared(record, at));
  counters.open.delete(number);
  release(counters, verification.counts, decrementFor);
  return true;
}
