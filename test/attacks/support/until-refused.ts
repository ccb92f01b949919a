import { expect } from "vitest";
import type { Reply } from "./target.ts";

type Told = Pick<Reply, "status">;

const WINDOW_MILLISECONDS = 600_000;

/**
 * Asks until it is refused, and holds that no more was let through than a limit allows in each window that was touched: the clock's ten minutes may
 * end in between.
 */
export async function untilRefused<Answer extends Told>(
  ask: () => Promise<Answer>,
  { max }: { readonly max: number },
): Promise<Answer> {
  const since = Date.now();
  for (let passed = 0; passed <= 2 * max; passed += 1) {
    const answer = await ask();
    if (answer.status === 429) {
      expect(passed).toBeLessThanOrEqual(max * windowsBetween(since, Date.now()));
      return answer;
    }
    expect(answer.status).toBe(201);
  }
  return expect.unreachable("nothing was refused in two windows");
}

function windowsBetween(since: number, now: number): number {
  return 1 + Math.floor(now / WINDOW_MILLISECONDS) - Math.floor(since / WINDOW_MILLISECONDS);
}
