import { beforeEach, expect, it } from "vitest";
import { operatorStores } from "../../functions/adapters/dynamodb/operator-stores.ts";
import { dynamoSendingSwitch } from "../../functions/adapters/dynamodb/sending-switch.ts";
import { operations } from "../../functions/operator/handler.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { start } from "../../functions/verification/start.ts";
import { aStart, type Deps, fictionalNumber, NOON, someDeps, TEST_SPEND } from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { describeOnEngine, type EngineTable } from "../support/engine-tables.ts";

const HOUR = 3_600_000;
const CONTEXT = { awsRequestId: "request-1" };
const PRICE = 100_000;
const WHO = { command: "who", target: "GB" } as const;

/** One table, with functions of several configurations over it. */
describeOnEngine("a configuration that changes", ({ freshTable }) => {
  let ground: EngineTable;
  const time = { now: NOON };
  const number = { last: 0 };
  beforeEach(async () => {
    ground = await freshTable();
    time.now = NOON;
  });

  /** Functions of a stage that wants so many shards, for a shared limit and a cap of so many messages a day. */
  function deployed(shards: number, { max = 1_000, messages = 1_000 } = {}) {
    const base = someDeps(engineStores(ground.table, () => time.now));
    const { limits } = base.scopeTerms;
    const shared = { ...limits["home-country"], max };
    const cap = { perHourMicros: messages * PRICE, perDayMicros: messages * PRICE };
    const deps: Deps = {
      ...base,
      time,
      clock: () => time.now,
      sendingSwitch: dynamoSendingSwitch(ground.table, () => time.now, shards),
      scopeTerms: { ...base.scopeTerms, limits: { ...limits, "home-country": shared } },
      spendTerms: { ...TEST_SPEND, total: cap, keptForTickets: 0, shards },
    };
    const operate = operations({ ...deps, stores: operatorStores(ground.table) });
    return {
      deps,
      ask: (operation: unknown) => operate(operation, CONTEXT),
      starts: (count: number) => started(deps, count),
    };
  }

  async function started(deps: Deps, count: number): Promise<number> {
    const outcomes = await Promise.all(
      Array.from({ length: count }, () => {
        number.last += 1;
        const [to, clientAddress] = [
          fictionalNumber(number.last % 1_000),
          `198.51.${number.last >> 8}.${number.last & 255}`,
        ];
        return start(deps, aStart({ to, clientAddress }));
      }),
    );
    return outcomes.filter(({ kind }) => kind === "started").length;
  }

  it("F13: counts a country under one name, whichever country is the first", async () => {
    const { deps, ask, starts } = deployed(1);
    expect(await starts(3)).toBe(3);
    const terms = { ...deps.scopeTerms, homeCountry: "FR" } as const;
    const stores = operatorStores(ground.table);
    const away = operations({ ...deps, stores, scopeTerms: terms });
    expect(await ask(WHO)).toMatchObject({ unverified: 3 });
    expect(await away(WHO, CONTEXT)).toMatchObject({ unverified: 3 });
  });

  const block = { command: "block", target: "GB", seconds: 86_400, reason: "pumping" };
  const later = () => {
    time.now += LIMITS.switchCacheSeconds * 1_000;
  };

  it.each([
    [1, 5],
    [5, 1],
    [40, 7],
  ])("F13: keeps a country blocked, and unblocked: from %i shards to %i", async (before, after) => {
    const [old, next] = [deployed(before), deployed(after)];
    expect(await old.starts(2)).toBe(2);
    await old.ask(block);
    for (const hour of [0, 1, 2, 23]) {
      time.now = NOON + hour * HOUR + LIMITS.switchCacheSeconds * 1_000;
      expect(await next.ask(WHO)).toMatchObject({ block: { until: NOON + 86_400_000 } });
      expect([await old.starts(3), await next.starts(3)]).toEqual([0, 0]);
    }
    await next.ask({ command: "unblock", target: "GB" });
    later();
    expect([await old.starts(5), await next.starts(5)]).toEqual([5, 5]);
  });

  it.each([
    [1, 5],
    [5, 1],
    [3, 4],
  ])(
    "F13: passes neither a limit nor a cap, and forgets nothing: from %i shards to %i, side by side",
    async (before, after) => {
      const options = { max: 20, messages: 20 };
      await deployed(before, options).starts(1);
      // The first configuration has been there since the day before.
      time.now = NOON + 24 * HOUR;
      const [old, next] = [deployed(before, options), deployed(after, options)];
      const [first, second] = [await old.starts(4), await next.starts(4)];
      expect(first).toBe(4);
      const spentNow = async (functions: typeof old) => {
        const result = await functions.ask({ command: "spend" });
        return result.kind === "spend" ? result.spent["total"] : undefined;
      };
      const sent = first + second;
      for (const functions of [old, next]) {
        expect(await spentNow(functions)).toBe(sent * PRICE);
        expect(await functions.ask(WHO)).toMatchObject({ unverified: sent, max: 20 });
      }
      const rest = (await next.starts(22)) + (await old.starts(22));
      expect(sent + rest).toBeLessThanOrEqual(20);
      // The new shards are in force from the next day.
      time.now += HOUR;
      const hourLater = (await old.starts(22)) + (await next.starts(22));
      expect(sent + rest + hourLater).toBeLessThanOrEqual(20);
      expect(await spentNow(next)).toBe((sent + rest + hourLater) * PRICE);
      time.now += 24 * HOUR;
      const tomorrow = (await old.starts(22)) + (await next.starts(22));
      expect(tomorrow).toBeLessThanOrEqual(20);
      expect(await spentNow(next)).toBe(tomorrow * PRICE);
      const spends = (await ground.items()).filter(({ pk }) =>
        String(pk).startsWith(`spend#${new Date(time.now).toISOString().slice(0, 10)}`),
      );
      expect(spends).toHaveLength(after);
      // A limit below the number of shards is one on each.
      expect(await deployed(after, { max: 2 }).ask(WHO)).toMatchObject({ max: Math.max(2, after) });
    },
  );
});
