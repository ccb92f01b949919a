import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoSpend } from "../../functions/adapters/dynamodb/spend.ts";
import { spendTermsOf } from "../../infra/sending-terms.ts";
import { MIXES } from "../capacity/mixes.ts";
import { type Ground, groundOn, play } from "../capacity/play.ts";
import { GATEWAY_REQUESTS_PER_SECOND, stageFor } from "../capacity/stage.ts";
import { type RunningEngine, runEngine } from "../support/engine-tables.ts";

/** Half of what DynamoDB writes in a second to one item, and two thirds of what it reads. Shards are drawn by chance, and a partition holds other items too. */
const MOST = { writeUnits: 500, readUnits: 2_000 } as const;

const PLAY = {
  requestsPerSecond: GATEWAY_REQUESTS_PER_SECOND,
  honestTurns: 6,
  attackSeconds: 5,
} as const;

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
    const { items } = await play(mix, ground, STAGE, { ...PLAY, isSparing: false });
    const [hottest] = items;
    const units = Math.max(hottest?.writeUnitsPerSecond ?? 0, hottest?.readUnitsPerSecond ?? 0);
    expect(units).toBe(GATEWAY_REQUESTS_PER_SECOND);
  });

  it("a full day's money weighs no more than its shards were counted with", async () => {
    const { table, items } = await ground.freshTable();
    const spend = dynamoSpend(table);
    const [day, micros] = ["2026-11-26", 99_999_999_999_999];
    const most = Number.MAX_SAFE_INTEGER;
    const room = { day: most, hour: most, countryDay: most, countryHour: most };
    for (let hour = 0; hour < 24; hour += 1)
      for (const country of STAGE.countries)
        await spend.reserve({ day, hour, shard: 0, country, micros }, room);
    ground.recorder.clear();
    await spend.reserve({ day, hour: 23, shard: 0, country: "GB", micros }, room);
    const units = ground.recorder.touches.map((touch) => touch.units);
    // Of one country: 40 shards of one unit a write.
    const single = spendTermsOf({ ...STAGE, countries: ["GB"] }).shards;
    expect(spendTermsOf(STAGE).shards / single).toBeGreaterThanOrEqual(units[0] ?? Number.NaN);
    expect(units).toEqual([2]);
    expect(await items()).toHaveLength(1);
  });
});
