import type { Closings } from "../adapters/dynamodb/closings.ts";
import type { ScopeWindow } from "../verification/client.ts";
import {
  type ClientTarget,
  closingTarget,
  pseudonymIn,
  windowsOf,
} from "../verification/closing.ts";
import { mac } from "../verification/code.ts";
import type { Mac } from "../verification/identifiers.ts";
import type { Clock, Key, Keys } from "../verification/ports.ts";
import type { Instant } from "../verification/verification.ts";
import type { Operation } from "./operation.ts";
import type { OperationResult, Subject } from "./result.ts";

export type OperationsWorld = {
  readonly closings: Closings;
  readonly keys: Pick<Keys, "index">;
  readonly clock: Clock;
};

/** An operation with the pseudonyms that stand for its subject: from here on nobody sees the number or the address. */
export type Prepared = {
  readonly operation: Operation;
  readonly now: Instant;
  readonly subject?: Subject;
  readonly run: () => Promise<OperationResult>;
};

/** Makes an operation ready to run, so that it can be logged before it is. */
export async function prepare(world: OperationsWorld, operation: Operation): Promise<Prepared> {
  const now = world.clock();
  if (operation.command === "pause" || operation.command === "resume")
    return { operation, now, run: () => switchSending(world, operation, now) };
  const text = "to" in operation ? operation.to : operation.target;
  const target = closingTarget(text);
  if (target === undefined) throw new Error("an operation was let through without a target");
  const key = await world.keys.index();
  if (target.kind === "client") return clientWork({ world, key, now }, operation, target);
  const number = mac(key, ["number", target.to]);
  const subject = { of: "number", pseudonym: number };
  return {
    operation,
    now,
    subject,
    run: () => onNumber({ world, now, number, subject }, operation),
  };
}

async function switchSending(
  { closings }: OperationsWorld,
  operation: Extract<Operation, { command: "pause" | "resume" }>,
  now: Instant,
): Promise<OperationResult> {
  if (operation.command === "pause") {
    const pause = await closings.pause(operation.reason, now);
    return pause === undefined ? { kind: "paused" } : { kind: "paused-already", pause };
  }
  const pause = await closings.resume();
  return pause === undefined ? { kind: "not-paused" } : { kind: "resumed", pause };
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
    case "erase": {
      const { isKnown, closing } = await closings.readNumber(number);
      await closings.erase(number);
      return { kind: "erased", subject, wasKnown: isKnown, closing };
    }
    case "pause":
    case "resume":
      throw new Error(`${operation.command} has no number`);
  }
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

function clientWork(moment: Moment, operation: Operation, target: ClientTarget): Prepared {
  const { world, key, now } = moment;
  const windowsUntil = (until: Instant): Windows => windowsOf(key, target, { from: now, until });
  const [current] = windowsUntil(now);
  const subject = { of: target.scope, pseudonym: pseudonymIn(current) };
  const run = () => onClient({ world, now, subject, current, windowsUntil }, operation);
  return { operation, now, subject, run };
}

type ClientWork = Omit<Moment, "key"> & {
  readonly subject: Subject;
  readonly current: ScopeWindow;
  readonly windowsUntil: (until: Instant) => Windows;
};

async function onClient(work: ClientWork, operation: Operation): Promise<OperationResult> {
  const { world, subject, current } = work;
  switch (operation.command) {
    case "who": {
      const { floor, endsAt } = current;
      const found = await world.closings.readWindow(current);
      return { kind: "client", subject, floor, windowEndsAt: endsAt, ...found };
    }
    case "block":
      return blockClient(work, operation);
    case "unblock":
      return unblockClient(work);
    case "unlock":
    case "erase":
    case "pause":
    case "resume":
      return { kind: "refused", why: `${operation.command} is not for a client` };
  }
}

/** Windows are closed whole, so a closing ends where its last window does. */
async function blockClient(
  { world, now, subject, windowsUntil }: ClientWork,
  { seconds, reason }: Extract<Operation, { command: "block" }>,
): Promise<OperationResult> {
  const windows = windowsUntil(now + seconds * 1_000);
  const until = Math.max(...windows.map(({ endsAt }) => endsAt));
  const closing = await world.closings.closeWindows(windows, { until, because: reason });
  return closing === undefined
    ? { kind: "closed", subject, until }
    : { kind: "closed-longer", subject, closing };
}

async function unblockClient({
  world,
  subject,
  current,
  windowsUntil,
}: ClientWork): Promise<OperationResult> {
  const { closing } = await world.closings.readWindow(current);
  if (closing === undefined) return { kind: "not-closed", subject };
  await world.closings.openWindows(windowsUntil(closing.until));
  return { kind: "opened", subject, closing };
}
