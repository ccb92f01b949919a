import { expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { type Started, start } from "../../functions/verification/start.ts";
import { aStart, type Deps, fictionalNumber, NOON, someDeps } from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { describeOnEngines } from "../support/engine-tables.ts";

const PARALLEL = 200;

/** Many clients, so that only the number's own limit decides. */
const client = (index: number) => `198.51.${Math.floor(index / 250)}.${index % 250}`;

type Outcome = Awaited<ReturnType<typeof start>>;
const isStarted = (outcome: Outcome): outcome is Started => outcome.kind === "started";

await describeOnEngines("200 parallel starts", ({ freshTable }) => {
  async function freshDeps(): Promise<Deps> {
    const { table } = await freshTable();
    const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
    return deps;
  }

  it("for one number at one moment send one message", async () => {
    const deps = await freshDeps();
    const outcomes = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) =>
        start(deps, aStart({ clientAddress: client(index) })),
      ),
    );
    expect(outcomes.filter(isStarted)).toHaveLength(1);
    expect(deps.messages).toHaveLength(1);
    expect(
      new Set(outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.why : "started"))),
    ).toEqual(new Set(["started", "too-many-sends"]));
  });

  it("for one number, spread over ten minutes in any order, send what every window of its rows allows", async () => {
    const deps = await freshDeps();
    const moments = Array.from({ length: PARALLEL }, (_, index) => NOON + index * 3_000);
    // Each start has a clock of its own: functions run on many machines.
    const outcomes = await Promise.all(
      moments.map(async (now, index) => {
        const outcome = await start(
          { ...deps, clock: () => now },
          aStart({ clientAddress: client(index) }),
        );
        return { now, outcome };
      }),
    );
    const sentAt = outcomes
      .filter(({ outcome }) => isStarted(outcome))
      .map(({ now }) => now)
      .sort((a, b) => a - b);
    expect(sentAt.length).toBeGreaterThan(0);
    expect(deps.messages).toHaveLength(sentAt.length);
    for (const { max, windowSeconds } of LIMITS.sendsPerNumber) {
      for (const end of sentAt) {
        const within = sentAt.filter((at) => at > end - windowSeconds * 1_000 && at <= end);
        expect(within.length).toBeLessThanOrEqual(max);
      }
    }
  });

  it("under one idempotency key send one message and give one id", async () => {
    const deps = await freshDeps();
    const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
    const outcomes = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) =>
        start(deps, aStart({ idempotencyKey, clientAddress: client(index) })),
      ),
    );
    expect(deps.messages).toHaveLength(1);
    expect(new Set(outcomes.filter(isStarted).map(({ view }) => view.id)).size).toBe(1);
    const others = outcomes.filter((outcome) => !isStarted(outcome));
    for (const other of others) expect(other).toMatchObject({ why: "request-in-progress" });
  });

  it("of one client, for as many numbers, get exactly as far as its unverified sends", async () => {
    const deps = await freshDeps();
    const outcomes = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) =>
        start(deps, aStart({ to: fictionalNumber(index) })),
      ),
    );
    expect(outcomes.filter(isStarted)).toHaveLength(LIMITS.unverifiedSends.ipv4.max);
    expect(deps.messages).toHaveLength(LIMITS.unverifiedSends.ipv4.max);
  });
});
