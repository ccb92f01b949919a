import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PROJECT } from "../../infra/place.ts";
import type { FunctionPlan } from "../template/functions.ts";
import { environmentOf } from "./environment.ts";
import { type FunctionLine, type Outcome, startThread, type Thread } from "./thread.ts";

/** Invocations of the one copy of a function at the same time, where Lambda starts a copy for each. With more, requests would time out under load. */
const MOST_AT_ONCE = 6;

/** Node's compile cache. With it a copy needs a third less memory, because it does not load the parser of types. */
const COMPILED = join(PROJECT, ".build/local/compiled");

const POLL_MILLISECONDS = 20;

/** One function, ready to be invoked. */
function createPool(
  plan: FunctionPlan,
  overrides: Readonly<Record<string, string>>,
  onLine: (line: FunctionLine) => void,
) {
  const environment = {
    ...environmentOf(plan.environment, overrides),
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memoryMebibytes),
    NODE_COMPILE_CACHE: COMPILED,
  };
  let threads: readonly Thread[] = [];
  const waiting: (() => void)[] = [];
  let isStopped = false;

  const free = (): Thread | undefined => {
    threads = threads.filter((thread) => thread.isAlive() || thread.busy() > 0);
    const alive = threads.find((thread) => thread.isAlive());
    if (alive !== undefined) return alive.busy() < MOST_AT_ONCE ? alive : undefined;
    const thread = startThread(plan, environment, onLine);
    threads = [...threads, thread];
    return thread;
  };

  /** Runs the function once, in a copy that requests share; waits where it has enough. */
  const invoke = async (event: unknown): Promise<Outcome> => {
    while (!isStopped) {
      const outcome = await free()?.invoke(event);
      if (outcome === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      else {
        waiting.shift()?.();
        return outcome;
      }
    }
    throw new Error(`${plan.name} was stopped`);
  };

  const stop = async (): Promise<void> => {
    isStopped = true;
    for (const wake of waiting.splice(0)) wake();
    await Promise.all(threads.map((thread) => thread.stop()));
  };

  return {
    invoke,
    stop,
    retire: async () => {
      while (threads.some((thread) => thread.busy() > 0)) await delay(POLL_MILLISECONDS);
      await stop();
    },
  };
}

/** Every function of a stack. */
export type Fleet = {
  readonly find: (name: string) => ((event: unknown) => Promise<Outcome>) | undefined;
  readonly names: readonly string[];
  readonly stop: () => Promise<void>;
  /** Ends it once its requests under way have been answered. */
  readonly retire: () => Promise<void>;
};

/** Makes the functions ready; each starts with its first event. */
export function createFleet(
  plans: readonly FunctionPlan[],
  overrides: Readonly<Record<string, string>>,
  onLine: (line: FunctionLine) => void,
): Fleet {
  const pools = plans.map((plan) => ({ plan, pool: createPool(plan, overrides, onLine) }));
  const found = new Map(
    pools.flatMap(({ plan, pool }) => [[plan.name, pool] as const, [plan.arn, pool] as const]),
  );
  return {
    find: (name) => found.get(name)?.invoke,
    names: plans.map(({ name }) => name),
    stop: async () => {
      await Promise.all(pools.map(({ pool }) => pool.stop()));
    },
    retire: async () => {
      await Promise.all(pools.map(({ pool }) => pool.retire()));
    },
  };
}
