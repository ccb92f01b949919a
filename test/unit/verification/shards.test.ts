import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { DAY_MS } from "../../../functions/verification/pace.ts";
import { type Layouts, layoutsWith, shardsAt } from "../../../functions/verification/shards.ts";
import { NOON } from "../../support/deps.ts";

const HOUR = 3_600_000;

describe("the shards in force", () => {
  it("are one item before any others are stored", () => {
    expect(shardsAt([], NOON)).toBe(1);
    expect(layoutsWith([], 1, NOON)).toBeUndefined();
  });

  it("change for a day that begins from the next hour on that all can know of, and for none that began before", () => {
    const layouts = layoutsWith([], 5, NOON + 1) ?? [];
    const midnight = Math.ceil(NOON / DAY_MS) * DAY_MS;
    expect(shardsAt(layouts, midnight - 1)).toBe(1);
    expect(shardsAt(layouts, midnight)).toBe(5);
    expect(layoutsWith(layouts, 5, NOON + 2)).toBeUndefined();
    expect(layoutsWith([], 5, midnight - 59_999)?.at(-1)?.from).toBe(midnight + HOUR);
    expect(layoutsWith([], 5, midnight - 60_000)?.at(-1)?.from).toBe(midnight);
  });

  it("are the same for every container and every day, whatever is deployed and in which order", () => {
    const step = fc.record({
      seconds: fc.integer({ min: 1, max: 9_000 }),
      wanted: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const inForce = new Map<number, number>();
        let now = NOON;
        let layouts: Layouts = [];
        for (const { seconds, wanted } of steps) {
          const stale = layouts;
          now += seconds * 1_000;
          layouts = layoutsWith(layouts, wanted, now) ?? layouts;
          // One container has just read, and another did so the moment before, and remembers as long as it may.
          expectOne(inForce, layouts, now);
          expectOne(inForce, stale, now + LIMITS.switchCacheSeconds * 1_000);
        }
        expect(layouts.length).toBeLessThanOrEqual(50);
      }),
    );
  });
});

/** All containers use the same shards on a day. */
function expectOne(inForce: Map<number, number>, layouts: Layouts, now: number): void {
  const day = Math.floor(now / DAY_MS);
  const shards = shardsAt(layouts, now);
  expect(inForce.get(day) ?? shards).toBe(shards);
  inForce.set(day, shards);
}
