import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { type Layouts, layoutsWith, shardsAt } from "../../../functions/verification/shards.ts";
import { NOON } from "../../support/deps.ts";

const HOUR = 3_600_000;
const FIVE = { scopes: 5, spend: 10 };

describe("the shards in force", () => {
  it("are one item before any others are stored", () => {
    expect(shardsAt([], NOON)).toEqual({ scopes: 1, spend: 1 });
    expect(layoutsWith([], { scopes: 1, spend: 1 }, NOON)).toBeUndefined();
  });

  it("change for what begins from the next hour on that all can know of, and for nothing that began before", () => {
    const layouts = layoutsWith([], FIVE, NOON + 1) ?? [];
    expect(shardsAt(layouts, NOON + HOUR - 1)).toEqual({ scopes: 1, spend: 1 });
    expect(shardsAt(layouts, NOON + HOUR)).toMatchObject(FIVE);
    expect(layoutsWith(layouts, FIVE, NOON + 2)).toBeUndefined();
    expect(layoutsWith([], FIVE, NOON + HOUR - 59_999)?.at(-1)?.from).toBe(NOON + 2 * HOUR);
    expect(layoutsWith([], FIVE, NOON + HOUR - 60_000)?.at(-1)?.from).toBe(NOON + HOUR);
  });

  it("are the same for every container and every window, whatever is deployed and in which order", () => {
    const shards = fc.integer({ min: 1, max: 40 });
    const step = fc.record({
      seconds: fc.integer({ min: 1, max: 9_000 }),
      scopes: shards,
      spend: shards,
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const inForce = new Map<number, string>();
        let now = NOON;
        let layouts: Layouts = [];
        for (const { seconds, ...wanted } of steps) {
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

/** Whoever asks for the shards of a window is told what the others were told. */
function expectOne(inForce: Map<number, string>, layouts: Layouts, now: number): void {
  for (const windowMs of [600_000, HOUR, 24 * HOUR]) {
    const start = Math.floor(now / windowMs) * windowMs;
    const { scopes, spend } = shardsAt(layouts, start);
    const told = `${scopes} ${spend}`;
    expect(inForce.get(start) ?? told).toBe(told);
    inForce.set(start, told);
  }
}
