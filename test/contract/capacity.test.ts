import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MIXES } from "../../evidence/capacity/mixes.ts";
import { type Ground, groundOn, play } from "../../evidence/capacity/play.ts";
import { GATEWAY_REQUESTS_PER_SECOND, stageFor } from "../../evidence/capacity/stage.ts";
import { dynamoSpend } from "../../functions/adapters/dynamodb/spend.ts";
import { scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import { type RunningEngine, runEngine } from "../support/engine-tables.ts";

/** Half of what DynamoDB writes in a second to one item, and two thirds of what it reads. Shards are drawn by chance, and a partition holds other items too. */
const MOST = { writeUnits: 500, readUnits: 2_000 } as const;

const PLAY = {
  requestsPerSecond: GATEWAY_REQUESTS_PER_SECOND,
  honestTurns: 6,
  attackSeconds: 5,
} as const;

const COUNTRIES = ["GB", "MA", "MD", "UZ", "FR", "DE", "ES", "IT", "NL", "BE", "PL", "PT"] as const;

const STAGE = stageFor(GATEWAY_REQUESTS_PER_SECOND);

describe("at the gateway's full rate, with the shards that a stage of that rate gets", () => {
  let engine: RunningEngine;
  let ground: Ground;
  beforeAll(async () => {
    engine = await runEngine("dynalite");
    ground = await groundOn(engine);
  });
  afterAll(() => engine.stop());

  it.each(MIXES)("no item is hot: $name", async (mix) => {
    const { items } = await play(mix, ground, STAGE, PLAY);
    expect(items.length).toBeGreaterThan(0);
    for (const { kind, writeUnitsPerSecond, readUnitsPerSecond } of items) {
      expect([kind, writeUnitsPerSecond <= MOST.writeUnits]).toEqual([kind, true]);
      expect([kind, readUnitsPerSecond <= MOST.readUnits]).toEqual([kind, true]);
    }
  });

  it.each([
    "starts from one IPv4 address",
    "guesses at one known verification",
    "one verification asked how it stands",
  ])("only what a container remembers keeps it so: %s", async (name) => {
    const mix = MIXES.find((one) => one.name === name);
    if (mix === undefined) throw new Error("there is no such mix");
    const { items } = await play(mix, ground, STAGE, { ...PLAY, isCaching: false });
    const [hottest] = items;
    const units = Math.max(hottest?.writeUnitsPerSecond ?? 0, hottest?.readUnitsPerSecond ?? 0);
    expect(units).toBe(GATEWAY_REQUESTS_PER_SECOND);
  });

  it.each([1, 10])(
    "a full day's money of %i countries and three apps is one write unit, as its shards allow for",
    async (count) => {
      const countries = COUNTRIES.slice(0, count);
      const { table, items } = await ground.freshTable();
      const spend = dynamoSpend(table);
      const [day, micros, most] = ["2026-11-26", 12_345_678_901_234, Number.MAX_SAFE_INTEGER];
      const room = { day: most, hour: most, countryDay: most, countryHour: most, appDay: most };
      const reserve = (hour: number, country: (typeof countries)[number], app: string) =>
        spend.reserve({ day, hour, shard: 0, country, app, micros }, room);
      for (let hour = 0; hour < 24; hour += 1)
        await Promise.all(
          countries.flatMap((country) =>
            ["main", "a-shop-of-20-letters", "taxi"].map((app) => reserve(hour, country, app)),
          ),
        );
      ground.recorder.clear();
      await spend.giveBack({ day, hour: 23, shard: 0, country: "GB", micros: 1 });
      const [{ units = 0 } = {}] = ground.recorder.touches;
      const stage = { ...STAGE, countries };
      expect(units).toBe(1);
      expect(spendTermsOf(stage).shards).toBeGreaterThanOrEqual(scopeTermsOf(stage).shards);
      expect(await items()).toHaveLength(1);
    },
  );
});
