import { setTimeout as delay } from "node:timers/promises";

const LOOK_MILLISECONDS = 20;

/** Resolves when `isSo` is true; for hooks, where `expect.poll` is refused. Only the time-out of the hook ends it otherwise. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(LOOK_MILLISECONDS);
}
