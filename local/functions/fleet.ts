import type { FunctionPlan } from "../template/functions.ts";
import { createPool, type Pool } from "./pool.ts";
import type { FunctionLine } from "./thread.ts";

/** Every function of a stack. */
export type Fleet = {
  /** Finds a function by its name or ARN. */
  readonly find: (name: string) => Pool["invoke"] | undefined;
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
