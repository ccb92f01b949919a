import { startAws } from "../stand-ins/aws.ts";
import { createKms } from "../stand-ins/kms.ts";
import { createSecretsManager } from "../stand-ins/secrets-manager.ts";
import { type Stops, stoppable } from "../stops.ts";
import type { FunctionPlan } from "../template/functions.ts";
import type { KeyPlan } from "../template/keys.ts";
import { overridesOf, type Surroundings } from "./environment.ts";
import { createPool, type Pool } from "./pool.ts";
import type { FunctionLine } from "./thread.ts";

export type FleetParts = {
  readonly plans: readonly FunctionPlan[];
  readonly keys: readonly KeyPlan[];
  /** By ARN. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly surroundings: Omit<Surroundings, "aws">;
  readonly onLine: (line: FunctionLine) => void;
};

/** Finds a function by its name or ARN. */
export type Fleet = (name: string) => Pool["invoke"] | undefined;

/** All functions, and the stand-ins that they call. Functions call each other too, so `Invoke` looks them up when it is called. */
export async function startFleet(
  { plans, keys, secrets, surroundings, onLine }: FleetParts,
  stops: Stops,
): Promise<Fleet> {
  const pools = new Map<string, Pool>();
  const fleet: Fleet = (name) => pools.get(name)?.invoke;
  const operations = { ...createKms(keys), ...createSecretsManager(secrets) };
  const aws = await stoppable(startAws(operations, fleet), stops);
  const overrides = overridesOf({ ...surroundings, aws: aws.endpoint });
  for (const plan of plans) {
    const pool = createPool(plan, overrides, onLine);
    await stops.add(pool.stop);
    pools.set(plan.name, pool).set(plan.arn, pool);
  }
  return fleet;
}
