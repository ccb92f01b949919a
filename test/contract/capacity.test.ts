import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MIXES } from "../../evidence/capacity/mixes.ts";
import { type Ground, groundOn, play } from "../../evidence/capacity/play.ts";
import { stageFor } from "../../evidence/capacity/stage.ts";
import { dynamoSpend } from "../../functions/adapters/dynamodb/spend.ts";
import type { Country } from "../../functions/policy/destinations.ts";
import { countryScope, windowsAt } from "../../functions/verification/scopes.ts";
import {
  GATEWAY_REQUESTS_PER_SECOND,
  scopeTermsOf,
  spendTermsOf,
} from "../../infra/sending-terms.ts";
import { type RunningEngine, runEngine } from "../support/engine-tables.ts";

/** Half of what DynamoDB writes in a second to one item, and two thirds of what it reads. Shards are drawn by chance, and a partition holds other items too. */
const MOST = { writeUnits: 500, readUnits: 2_000 } as const;

const PLAY = {
  requestsPerSecond: GATEWAY_REQUESTS_PER_SECOND,
  honestTurns: 6,
  attackSeconds: 5,
} as const;

const COUNTRIES = ["GB", "MA", "MD", "UZ", "FR", "DE", "ES", "IT", "NL", "BE", "PL"] as const;

const SERVICE = { kind: "service", pseudonym: "all" } as const;

const STAGE = stageFor(GATEWAY_REQUESTS_PER_SECOND);
const APP = { brand: "A", proofAudience: "a", allowedOrigins: ["https://a.example"] } as const;
const { knownNumbers: _, ...WITHOUT_KNOWN } = STAGE;
const WITH_APPS = {
  ...WITHOUT_KNOWN,
  apps: { "a-shop-of-20-letters": APP, taxi: APP, another: APP },
};

describe("at the gateway's full rate, with the shards that a stage of that rate gets", () => {
  let engine: RunningEngine;
  let ground: Ground;
  beforeAll(async () => {
    engine = await runEngine();
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

  it("at 23:59 a day of eleven countries and three apps is one item of one unit, as its shards allow for", async () => {
    const { table, items } = await ground.freshTable();
    const spend = dynamoSpend(table);
    const terms = scopeTermsOf({ ...WITH_APPS, countries: COUNTRIES });
    const all = Number.MAX_SAFE_INTEGER;
    const room = { day: all, hour: all, countryDay: all, countryHour: all, appDay: all };
    const day = "2026-11-26";
    const windowsOf = (country: Country, hour: number) =>
      windowsAt([countryScope(country, "GB"), SERVICE], terms, {
        now: Date.parse(day) + hour * 3_600_000,
      });
    for (let hour = 0; hour < 24; hour += 1)
      for (const [index, country] of COUNTRIES.entries()) {
        const app = ["main", "a-shop-of-20-letters", "taxi", "another"][index % 4];
        const charge = { day, hour, shard: 0, country, app, micros: 1_234_567_890_123 };
        await spend.reserve(charge, room, windowsOf(country, hour));
      }
    ground.recorder.clear();
    const keys = windowsOf("GB", 23).map(({ key }) => key);
    await spend.decrement(keys.map((key) => ({ key, window: 2, day: 1 })));
    expect(ground.recorder.touches).toMatchObject([{ units: 1 }]);
    expect(spendTermsOf({ ...WITH_APPS, countries: COUNTRIES }).shards).toBe(40);
    // With known numbers it is two units, and twice the shards allow for them.
    expect(spendTermsOf({ ...STAGE, ...WITH_APPS, countries: COUNTRIES }).shards).toBe(80);
    expect(await items()).toHaveLength(1);
  });
});
