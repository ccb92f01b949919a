import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "./deployment.ts";
import { startAws } from "./emulators/aws.ts";
import { type Stops, stoppable } from "./stops.ts";

/** The place of the one deployment that answers. */
export type Slot = Awaited<ReturnType<typeof createSlot>>;

/** The time for current requests when the system ends. */
const GRACE_MILLISECONDS = 2_000;

/** An empty slot, and the emulators by which a deployment and its functions find each other; they end after the functions. */
export async function createSlot(stops: Stops, lastStops: Stops) {
  let current: Deployment | undefined;
  const now = (): Deployment => {
    if (current === undefined) throw new Error("nothing is deployed yet");
    return current;
  };
  /** Where KMS, Secrets Manager and `Invoke` of Lambda answer. */
  const { endpoint } = await stoppable(
    startAws(
      () => now().operations,
      (name) => now().fleet.find(name),
    ),
    lastStops,
  );
  await stops.add(async () => {
    const fleet = current?.fleet;
    await Promise.race([fleet?.retire(), delay(GRACE_MILLISECONDS, undefined, { ref: false })]);
    await fleet?.stop();
  });
  /** Puts a deployment into the slot; the one before ends after its current requests. */
  const fill = async (deployment: Deployment): Promise<void> => {
    const previous = current;
    current = deployment;
    await previous?.fleet.retire();
  };
  return { endpoint, now, fill };
}
