import type { Closings } from "../adapters/dynamodb/closings.ts";
import { closingTarget, type ScopeTarget, scopeOf, windowsOf } from "../verification/closing.ts";
import { mac } from "../verification/code.ts";
import type { Mac } from "../verification/identifiers.ts";
import type { Clock, Key, Keys } from "../verification/ports.ts";
import type { Scope, ScopeTerms, ScopeWindow } from "../verification/scopes.ts";
import { dayOf, type SpendTerms } from "../verification/spend.ts";
import type { Instant } from "../verification/verification.ts";
import type { Operation } from "./operation.ts";
import type { OperationResult, Subject } from "./result.ts";

export type OperationsWorld = {
  readonly closings: Closings;
  readonly keys: Pick<Keys, "index">;
  readonly clock: Clock;
  readonly scopeTerms: ScopeTerms;
  readonly spendTerms: SpendTerms;
};

/** An operation with the pseudonyms that stand for its subject: from here on nobody sees the number or the address. */
export type Prepared = {
  readonly operation: Operation;
  readonly now: Instant;
  readonly subject?: Subject;
  readonly run: () => Promise<OperationResult>;
};

/** What is asked of everything at once, and so has no subject. */
const OF_EVERYTHING = ["pause", "resume", "spend", "revoke-all"] as const;
type OfEverything = Extract<Operation, { command: (typeof OF_EVERYTHING)[number] }>;

function isOfEverything(operation: Operation): operation is OfEverything {
  const commands: readonly string[] = OF_EVERYTHING;
  return commands.includes(operation.command);
}

/** Makes an operation ready to run, so that it can be logged before it is. */
export async function prepare(world: OperationsWorld, operation: Operation): Promise<Prepared> {
  const now = world.clock();
  if (isOfEverything(operation))
    return { operation, now, run: () => onEverything(world, operation, now) };
  const text = "to" in operation ? operation.to : operation.target;
  const target = closingTarget(text);
  if (target === undefined) throw new Error("an operation was let through without a target");
  const key = await world.keys.index();
  if (target.kind !== "number") return scopeWork({ world, key, now }, operation, target);
  const number = mac(key, ["number", target.to]);
  const subject = { of: "number", pseudonym: number };
  return {
    operation,
    now,
    subject,
    run: () => onNumber({ world, now, number, subject }, operation),
  };
}

async function onEverything(
  { closings, spendTerms }: OperationsWorld,
  operation: OfEverything,
  now: Instant,
): Promise<OperationResult> {
  switch (operation.command) {
    case "pause": {
      const pause = await closings.pause(operation.reason, now);
      return pause === undefined ? { kind: "paused" } : { kind: "paused-already", pause };
    }
    case "resume": {
      const pause = await closings.resume();
      return pause === undefined ? { kind: "not-paused" } : { kind: "resumed", pause };
    }
    case "spend": {
      const day = dayOf(now);
      const { total, countries, keptForTickets, shards } = spendTerms;
      const spent = await closings.readSpend(day, shards);
      return { kind: "spend", day, spent, total, countries, keptForTickets };
    }
    case "revoke-all":
      await closings.revokeAllTickets(now);
      return { kind: "revoked-all" };
  }
}

type NumberWork = {
  readonly world: OperationsWorld;
  readonly now: Instant;
  readonly number: Mac;
  readonly subject: Subject;
};

async function onNumber(work: NumberWork, operation: Operation): Promise<OperationResult> {
  const { closings } = work.world;
  const { number, subject } = work;
  switch (operation.command) {
    case "who":
      return { kind: "number", subject, ...(await closings.readNumber(number)) };
    case "block":
      return blockNumber(work, operation);
    case "unblock":
      return unblockNumber(work);
    case "unlock": {
      const { failures } = await closings.readNumber(number);
      await closings.unlock(number);
      return { kind: "unlocked", subject, failures };
    }
    case "revoke":
      await closings.revokeTickets(number, work.now);
      return { kind: "revoked", subject };
    case "erase":
      return eraseNumber(work);
    case "pause":
    case "resume":
    case "spend":
    case "revoke-all":
      throw new Error(`${operation.command} has no number`);
  }
}

/** A revocation outlives the rest: without it the tickets that it ended would be worth something again. */
async function eraseNumber({ world, number, subject }: NumberWork): Promise<OperationResult> {
  const { isKnown, closing, ticketsFrom } = await world.closings.readNumber(number);
  await world.closings.erase(number);
  if (ticketsFrom !== undefined) await world.closings.revokeTickets(number, ticketsFrom);
  return { kind: "erased", subject, wasKnown: isKnown, closing, ticketsFrom };
}

async function blockNumber(
  { world, now, number, subject }: NumberWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const until = now + seconds * 1_000;
  const closing = await world.closings.closeNumber(number, { until, because: reason }, now);
  return closing === undefined
    ? { kind: "closed", subject, until }
    : { kind: "closed-longer", subject, closing };
}

async function unblockNumber({
  world,
  now,
  number,
  subject,
}: NumberWork): Promise<OperationResult> {
  const { closing } = await world.closings.readNumber(number);
  if (closing === undefined || closing.until <= now) return { kind: "not-closed", subject };
  await world.closings.openNumber(number);
  return { kind: "opened", subject, closing };
}

type Moment = { readonly world: OperationsWorld; readonly key: Key; readonly now: Instant };
type Windows = readonly [ScopeWindow, ...ScopeWindow[]];

function scopeWork(
  { world, key, now }: Moment,
  operation: Operation,
  target: ScopeTarget,
): Prepared {
  const isElsewhere =
    target.kind === "country" && world.spendTerms.prices[target.country] === undefined;
  const scope = scopeOf(key, target, world.scopeTerms);
  const windowsUntil = (until: Instant): Windows =>
    windowsOf(scope, world.scopeTerms, { from: now, until });
  const subject = { of: scope.kind, pseudonym: scope.pseudonym };
  const run = async (): Promise<OperationResult> =>
    isElsewhere
      ? { kind: "refused", why: "this stage sends to no such country" }
      : onScope({ world, now, scope, subject, windowsUntil }, operation);
  return { operation, now, subject, run };
}

type ScopeWork = Omit<Moment, "key"> & {
  readonly scope: Scope;
  readonly subject: Subject;
  readonly windowsUntil: (until: Instant) => Windows;
};

async function onScope(work: ScopeWork, operation: Operation): Promise<OperationResult> {
  const { world, scope, subject, now, windowsUntil } = work;
  const { mode, floor } = world.scopeTerms.limits[scope.kind];
  if (mode === "off")
    return {
      kind: "refused",
      why: `this stage does not count ${scope.kind}, so it cannot be asked`,
    };
  switch (operation.command) {
    case "who": {
      const windows = windowsUntil(now);
      const found = await world.closings.readWindows(windows);
      return { kind: "scope", subject, mode, floor, windowEndsAt: windows[0].endsAt, ...found };
    }
    case "block":
      return blockScope(work, operation);
    case "unblock":
      return unblockScope(work);
    case "unlock":
    case "erase":
    case "revoke":
    case "pause":
    case "resume":
    case "spend":
    case "revoke-all":
      return { kind: "refused", why: `${operation.command} is not for a scope` };
  }
}

/** Windows are closed whole, so a closing ends where its last window does. */
async function blockScope(
  { world, now, subject, windowsUntil }: ScopeWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const windows = windowsUntil(now + seconds * 1_000);
  const until = Math.max(...windows.map(({ endsAt }) => endsAt));
  const closing = await world.closings.closeWindows(windows, { until, because: reason });
  return closing === undefined
    ? { kind: "closed", subject, until }
    : { kind: "closed-longer", subject, closing };
}

async function unblockScope({
  world,
  subject,
  now,
  windowsUntil,
}: ScopeWork): Promise<OperationResult> {
  const { closing } = await world.closings.readWindows(windowsUntil(now));
  if (closing === undefined) return { kind: "not-closed", subject };
  await world.closings.openWindows(windowsUntil(closing.until));
  return { kind: "opened", subject, closing };
}
