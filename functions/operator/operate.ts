import type { Blocks } from "../adapters/dynamodb/blocks.ts";
import { blockTarget, type ScopeTarget, scopeOf, windowsOf } from "../verification/block.ts";
import { mac } from "../verification/code.ts";
import type { Mac } from "../verification/identifiers.ts";
import type { Clock, Key, Keys } from "../verification/ports.ts";
import type { Scope, ScopeTerms, ScopeWindow } from "../verification/scopes.ts";
import { dayOf, type SpendTerms } from "../verification/spend.ts";
import type { Instant } from "../verification/verification.ts";
import type { Operation } from "./operation.ts";
import type { OperationResult, Subject } from "./result.ts";

export type OperationsDeps = {
  readonly blocks: Blocks;
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
export async function prepare(deps: OperationsDeps, operation: Operation): Promise<Prepared> {
  const now = deps.clock();
  if (isOfEverything(operation))
    return { operation, now, run: () => onEverything(deps, operation, now) };
  const text = "to" in operation ? operation.to : operation.target;
  const target = blockTarget(text);
  if (target === undefined) throw new Error("an operation was let through without a target");
  const key = await deps.keys.index();
  if (target.kind !== "number") return scopeWork({ deps, key, now }, operation, target);
  const number = mac(key, ["number", target.to]);
  const subject = { of: "number", pseudonym: number };
  return {
    operation,
    now,
    subject,
    run: () => onNumber({ deps, now, number, subject }, operation),
  };
}

async function onEverything(
  { blocks, spendTerms }: OperationsDeps,
  operation: OfEverything,
  now: Instant,
): Promise<OperationResult> {
  switch (operation.command) {
    case "pause": {
      const pause = await blocks.pause(operation.reason, now);
      return pause === undefined ? { kind: "paused" } : { kind: "paused-already", pause };
    }
    case "resume": {
      const pause = await blocks.resume();
      return pause === undefined ? { kind: "not-paused" } : { kind: "resumed", pause };
    }
    case "spend": {
      const day = dayOf(now);
      const { total, countries, keptForTickets, shards } = spendTerms;
      const spent = await blocks.readSpend(day, shards);
      return { kind: "spend", day, spent, total, countries, keptForTickets };
    }
    case "revoke-all":
      await blocks.revokeAllTickets(now);
      return { kind: "revoked-all" };
  }
}

type NumberWork = {
  readonly deps: OperationsDeps;
  readonly now: Instant;
  readonly number: Mac;
  readonly subject: Subject;
};

async function onNumber(work: NumberWork, operation: Operation): Promise<OperationResult> {
  const { blocks } = work.deps;
  const { number, subject } = work;
  switch (operation.command) {
    case "who":
      return { kind: "number", subject, ...(await blocks.readNumber(number)) };
    case "block":
      return blockNumber(work, operation);
    case "unblock":
      return unblockNumber(work);
    case "unlock": {
      const { failures } = await blocks.readNumber(number);
      await blocks.unlock(number);
      return { kind: "unlocked", subject, failures };
    }
    case "revoke":
      await blocks.revokeTickets(number, work.now);
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
async function eraseNumber({ deps, number, subject }: NumberWork): Promise<OperationResult> {
  const { isKnown, block, ticketsFrom } = await deps.blocks.readNumber(number);
  await deps.blocks.erase(number);
  if (ticketsFrom !== undefined) await deps.blocks.revokeTickets(number, ticketsFrom);
  return { kind: "erased", subject, wasKnown: isKnown, block, ticketsFrom };
}

async function blockNumber(
  { deps, now, number, subject }: NumberWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const until = now + seconds * 1_000;
  const block = await deps.blocks.closeNumber(number, { until, because: reason }, now);
  return block === undefined
    ? { kind: "blocked", subject, until }
    : { kind: "blocked-longer", subject, block };
}

async function unblockNumber({ deps, now, number, subject }: NumberWork): Promise<OperationResult> {
  const { block } = await deps.blocks.readNumber(number);
  if (block === undefined || block.until <= now) return { kind: "not-blocked", subject };
  await deps.blocks.openNumber(number);
  return { kind: "opened", subject, block };
}

type Moment = { readonly deps: OperationsDeps; readonly key: Key; readonly now: Instant };
type Windows = readonly [ScopeWindow, ...ScopeWindow[]];

function scopeWork(
  { deps, key, now }: Moment,
  operation: Operation,
  target: ScopeTarget,
): Prepared {
  const isElsewhere =
    target.kind === "country" && deps.spendTerms.prices[target.country] === undefined;
  const scope = scopeOf(key, target, deps.scopeTerms);
  const windowsUntil = (until: Instant): Windows =>
    windowsOf(scope, deps.scopeTerms, { from: now, until });
  const subject = { of: scope.kind, pseudonym: scope.pseudonym };
  const run = async (): Promise<OperationResult> =>
    isElsewhere
      ? { kind: "refused", why: "this stage sends to no such country" }
      : onScope({ deps, now, scope, subject, windowsUntil }, operation);
  return { operation, now, subject, run };
}

type ScopeWork = Omit<Moment, "key"> & {
  readonly scope: Scope;
  readonly subject: Subject;
  readonly windowsUntil: (until: Instant) => Windows;
};

async function onScope(work: ScopeWork, operation: Operation): Promise<OperationResult> {
  const { deps, scope, subject, now, windowsUntil } = work;
  const { mode, max } = deps.scopeTerms.limits[scope.kind];
  if (mode === "off")
    return {
      kind: "refused",
      why: `this stage does not count ${scope.kind}, so it cannot be asked`,
    };
  switch (operation.command) {
    case "who": {
      const windows = windowsUntil(now);
      const found = await deps.blocks.readWindows(windows);
      return { kind: "scope", subject, mode, max, windowEndsAt: windows[0].endsAt, ...found };
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
  { deps, now, subject, windowsUntil }: ScopeWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const windows = windowsUntil(now + seconds * 1_000);
  const until = Math.max(...windows.map(({ endsAt }) => endsAt));
  const block = await deps.blocks.closeWindows(windows, { until, because: reason });
  return block === undefined
    ? { kind: "blocked", subject, until }
    : { kind: "blocked-longer", subject, block };
}

async function unblockScope({
  deps,
  subject,
  now,
  windowsUntil,
}: ScopeWork): Promise<OperationResult> {
  const { block } = await deps.blocks.readWindows(windowsUntil(now));
  if (block === undefined) return { kind: "not-blocked", subject };
  await deps.blocks.openWindows(windowsUntil(block.until));
  return { kind: "opened", subject, block };
}
