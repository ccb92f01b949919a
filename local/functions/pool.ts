import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FunctionPlan } from "../template/functions.ts";
import { environmentOf } from "./environment.ts";
import { type FunctionLine, type Outcome, startThread, type Thread } from "./thread.ts";

/** Copies of one function at the same time. Races between four need no more, and each copy takes memory. */
const MOST_THREADS = 4;

const POLL_MILLISECONDS = 20;

/** One function, ready to be invoked. */
export type Pool = {
  /** Runs the function once; waits where all its copies are busy. */
  readonly invoke: (event: unknown) => Promise<Outcome>;
  readonly stop: () => Promise<void>;
  /** Ends it once its requests under way have been answered. */
  readonly retire: () => Promise<void>;
};

export function createPool(
  plan: FunctionPlan,
  overrides: Readonly<Record<string, string>>,
  onLine: (line: FunctionLine) => void,
): Pool {
  const environment = {
    ...environmentOf(plan.environment, overrides),
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memoryMebibytes),
  };
  const threads = new Set<Thread>();
  const busy = new Set<Thread>();
  const waiting: (() => void)[] = [];
  let isStopped = false;

  const idle = (): Thread | undefined => {
    for (const thread of threads) if (!thread.isAlive()) threads.delete(thread);
    return [...threads].find((thread) => !busy.has(thread));
  };

  const grow = (): Thread => {
    const thread = startThread(plan, environment, onLine);
    threads.add(thread);
    return thread;
  };

  const acquire = async (): Promise<Thread> => {
    while (!isStopped) {
      const thread = idle() ?? (threads.size < MOST_THREADS ? grow() : undefined);
      if (thread !== undefined) {
        busy.add(thread);
        return thread;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    throw new Error(`${plan.name} was stopped`);
  };

  const release = async (thread: Thread, outcome: Outcome): Promise<void> => {
    if (outcome.kind === "timed-out" || outcome.kind === "crashed") {
      threads.delete(thread);
      await thread.stop();
    }
    busy.delete(thread);
    waiting.shift()?.();
  };

  const stop = async (): Promise<void> => {
    isStopped = true;
    for (const wake of waiting.splice(0)) wake();
    await Promise.all([...threads].map((thread) => thread.stop()));
  };

  return {
    invoke: async (event) => {
      const thread = await acquire();
      const outcome = await thread.invoke(randomUUID(), event);
      await release(thread, outcome);
      return outcome;
    },
    stop,
    retire: async () => {
      while (busy.size > 0) await delay(POLL_MILLISECONDS);
      await stop();
    },
  };
}
