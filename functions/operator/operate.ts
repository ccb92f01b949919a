import type { OperatorStores } from "../adapters/dynamodb/operator-stores.ts";
import { MOST_BLOCKS } from "../adapters/dynamodb/sending-switch.ts";
import type { Limits } from "../policy/limits.ts";
import { blockTarget, type ScopeTarget, scopeOf, windowShards } from "../verification/block.ts";
import { mac } from "../verification/code.ts";
import type { Mac } from "../verification/identifiers.ts";
import type { Clock, Keys } from "../verification/ports.ts";
import { type Scope, type ScopeTerms, subjectName } from "../verification/scopes.ts";
import { dayOf, type SpendTerms, spendTermsAt } from "../verification/spend.ts";
import type { Instant } from "../verification/verification.ts";
import type { Operation, OperationResult, Subject } from "./operation.ts";

export type OperationsDeps = {
  readonly stores: OperatorStores;
  readonly keys: Pick<Keys, "index">;
  readonly clock: Clock;
  readonly limits: Pick<Limits, "sendsPerNumber">;
  readonly scopeTerms: ScopeTerms;
  readonly spendTerms: SpendTerms;
};

/** An operation with the pseudonyms of its subject: later code does not see the number or the address. */
type Prepared = { readonly subject?: Subject; readonly run: () => Promise<OperationResult> };

type Targeted = Extract<Operation, { readonly target: string }>;

/** Prepares an operation, so that it can be logged before it runs. */
export async function prepare(deps: OperationsDeps, operation: Operation): Promise<Prepared> {
  const now = deps.clock();
  if (!("target" in operation)) return { run: () => onEverything(deps, operation, now) };
  const target = blockTarget(operation.target);
  if (target === undefined) throw new Error("an operation was let through without a target");
  const key = await deps.keys.index();
  if (target.kind !== "number") {
    const scope = scopeOf(key, target, deps.scopeTerms);
    return scopeWork({ deps, now, scope }, operation, target);
  }
  const number = mac(key, ["number", target.to]);
  const subject = { of: "number", pseudonym: number };
  return { subject, run: () => onNumber({ deps, now, number, subject }, operation) };
}

async function onEverything(
  { stores, spendTerms }: OperationsDeps,
  operation: Exclude<Operation, Targeted>,
  now: Instant,
): Promise<OperationResult> {
  switch (operation.command) {
    case "pause": {
      const pause = await stores.sendingSwitch.pause(operation.reason, now);
      return pause === undefined ? { kind: "paused" } : { kind: "paused-already", pause };
    }
    case "resume": {
      const pause = await stores.sendingSwitch.resume();
      return pause === undefined ? { kind: "not-paused" } : { kind: "resumed", pause };
    }
    case "spend": {
      const day = dayOf(now);
      const { layouts, pause } = await stores.sendingSwitch.read("");
      const { total, countries, keptForTickets, shards } = spendTermsAt(spendTerms, layouts, now);
      const spent = await stores.readSpend(day, shards);
      return { kind: "spend", day, spent, total, countries, keptForTickets, pause };
    }
    case "revoke-all":
      await stores.sendingSwitch.revokeAllTickets(now);
      return { kind: "revoked-all" };
  }
}

type NumberWork = {
  readonly deps: OperationsDeps;
  readonly now: Instant;
  readonly number: Mac;
  readonly subject: Subject;
};

async function onNumber(work: NumberWork, operation: Targeted): Promise<OperationResult> {
  const { deps, number, subject } = work;
  const { numbers } = deps.stores;
  const { sendsPerNumber } = deps.limits;
  switch (operation.command) {
    case "who":
      return { kind: "number", subject, sendsPerNumber, ...(await numbers.read(number)) };
    case "block":
      return blockNumber(work, operation);
    case "unblock":
      return unblocked(subject, await numbers.unblock(number, work.now));
    case "unlock":
      return { kind: "unlocked", subject, failures: await numbers.unlock(number) };
    case "revoke":
      await numbers.revokeTickets(number, work.now);
      return { kind: "revoked", subject };
    case "erase":
      return eraseNumber(work);
  }
}

async function eraseNumber({ deps, number, subject }: NumberWork): Promise<OperationResult> {
  const { isKnown, block, ticketsFrom } = await deps.stores.numbers.read(number);
  await deps.stores.numbers.erase(number);
  return { kind: "erased", subject, wasKnown: isKnown, block, ticketsFrom };
}

async function blockNumber(
  { deps, now, number, subject }: NumberWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const until = now + seconds * 1_000;
  const block = await deps.stores.numbers.block(number, { until, because: reason }, now);
  return blocked(subject, until, block);
}

type Block = { readonly until: Instant; readonly because: string };

function blocked(subject: Subject, until: Instant, block?: Block): OperationResult {
  return block ? { kind: "blocked-longer", subject, block } : { kind: "blocked", subject, until };
}

function unblocked(subject: Subject, block?: Block): OperationResult {
  return block ? { kind: "opened", subject, block } : { kind: "not-blocked", subject };
}

function scopeWork(
  { deps, now, scope }: Omit<ScopeWork, "subject">,
  operation: Targeted,
  target: ScopeTarget,
): Prepared {
  const isElsewhere =
    target.kind === "country" && deps.spendTerms.prices[target.country] === undefined;
  const subject = { of: scope.kind, pseudonym: scope.pseudonym };
  const run = async (): Promise<OperationResult> =>
    isElsewhere && operation.command === "block"
      ? { kind: "refused", why: "this stage sends to no such country" }
      : onScope({ deps, now, scope, subject }, operation);
  return { subject, run };
}

type ScopeWork = {
  readonly deps: OperationsDeps;
  readonly now: Instant;
  readonly scope: Scope;
  readonly subject: Subject;
};

async function onScope(work: ScopeWork, operation: Targeted): Promise<OperationResult> {
  const { deps, now, scope, subject } = work;
  switch (operation.command) {
    case "who":
      return showScope(work);
    case "block":
      return blockScope(work, operation);
    case "unblock":
      return unblocked(subject, await deps.stores.sendingSwitch.unblock(subjectName(scope), now));
    case "unlock":
    case "erase":
    case "revoke":
      return { kind: "refused", why: `${operation.command} is not for a scope` };
  }
}

/** A scope that is not counted can be blocked too. */
async function showScope({ deps, now, scope, subject }: ScopeWork): Promise<OperationResult> {
  const { stores, scopeTerms } = deps;
  const { mode } = scopeTerms.limits[scope.kind];
  const { block, layouts } = await stores.sendingSwitch.read(subjectName(scope));
  const shards = windowShards(scope, scopeTerms, { now, layouts });
  const unverified = mode === "off" ? 0 : await stores.readUnverified(shards);
  const max = shards.reduce((sum, shard) => sum + shard.max, 0);
  const [{ endsAt: windowEndsAt } = { endsAt: now }] = shards;
  return { kind: "scope", subject, mode, unverified, max, windowEndsAt, block };
}

async function blockScope(
  { deps, now, scope, subject }: ScopeWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const until = now + seconds * 1_000;
  const wanted = { until, because: reason };
  const block = await deps.stores.sendingSwitch.block(subjectName(scope), wanted, now);
  if (block === "full")
    return {
      kind: "refused",
      why: `there are ${MOST_BLOCKS} blocks of addresses, ranges and countries already: unblock one first`,
    };
  return blocked(subject, until, block);
}
