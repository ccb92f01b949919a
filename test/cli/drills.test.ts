import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { addMissing } from "../../cli/missing-items.ts";
import { operatorStores } from "../../functions/adapters/dynamodb/operator-stores.ts";
import { dynamoSendingSwitch } from "../../functions/adapters/dynamodb/sending-switch.ts";
import { operations } from "../../functions/operator/handler.ts";
import { check } from "../../functions/verification/check.ts";
import { start } from "../../functions/verification/start.ts";
import manifest from "../../package.json" with { type: "json" };
import {
  aStart,
  type Deps,
  idIn,
  keysBy,
  NOON,
  newestCode,
  someDeps,
  TEST_SPEND,
} from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { type EngineTable, type RunningEngine, runEngine } from "../support/engine-tables.ts";
import { A_KEY } from "../support/key-maker.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/operate/drills.md"), "utf8");
const [PHONE, OTHER] = ["+447700900123", "+447700900124"];

let engine: RunningEngine;
let table: EngineTable;
let deps: Deps;

beforeAll(async () => {
  engine = await runEngine();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  table = await engine.freshTable();
  deps = someDeps(engineStores(table.table, () => deps.time.now));
});

async function startOf(of: Deps, to = PHONE) {
  const outcome = await start(of, aStart({ to }));
  return outcome.kind === "started" ? { id: idIn(outcome.view.id), code: newestCode(of) } : outcome;
}
async function isApproved(of: Deps, started: Awaited<ReturnType<typeof startOf>>) {
  if ("kind" in started) throw new Error("it was not started");
  const outcome = await check(of, started);
  return outcome.kind === "checked" && outcome.result === "approved";
}

describe("the drill of", () => {
  it("restoring gives back numbers, money, keys, blocks and revocations, keeps what is newer, and revives no code", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const operate = operations({ ...deps, stores: operatorStores(table.table) });
    const ask = (operation: object) => operate(operation, { awsRequestId: "drill" });
    const block = { command: "block", seconds: 86_400, reason: "a stalker" };
    const pause = { command: "pause", reason: "items are lost" };
    const readBy = (now: number) => dynamoSendingSwitch(table.table, () => now, 4).switchState();
    const started = await startOf(deps);
    const more = Array.from({ length: 45 }, (_, at) => `198.51.100.${at}`);
    for (const target of [OTHER, ...more, "192.0.2.8"]) await ask({ ...block, target });
    const others = [A_KEY, pause, { command: "resume" }, { command: "revoke-all" }];
    for (const operation of others) await ask(operation);
    await readBy(NOON - 3_600_000);
    const copy = await engine.freshTable();
    const before = await table.items();
    await Promise.all(before.map((item) => copy.put(item)));
    await Promise.all(before.map(({ pk }) => table.table.remove(String(pk))));

    const newer = [pause, { command: "revoke", target: OTHER }, A_KEY];
    for (const operation of newer) await ask(operation);
    await readBy(NOON);
    const names = { from: copy.name, to: table.name };
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const { endpoint } = engine;
    const client = new DynamoDBClient({ endpoint, region: "eu-west-2", credentials });
    const all = before.length - 1;
    expect(await addMissing(client, names)).toEqual({ leftOut: 1, added: all, kept: 0 });
    expect(await readBy(NOON)).toMatchObject({
      isPaused: true,
      ticketsFrom: NOON,
      layouts: [NOON, NOON + 3_600_000].map((from) => ({ from, shards: 4 })),
    });
    expect(await ask({ command: "keys-list" })).toHaveProperty("keys.length", 2);
    await ask({ command: "resume" });
    deps.time.now += 10_000;
    expect(await startOf(deps, OTHER)).toMatchObject({ why: "number-locked" });
    const blocked = aStart({ to: "+447700900125", clientAddress: "192.0.2.8" });
    expect(await start(deps, blocked)).toMatchObject({ why: "too-many-requests" });
    vi.restoreAllMocks();
    expect(await isApproved(deps, started)).toBe(false);
    expect(await addMissing(client, names)).toEqual({ leftOut: 1, added: 0, kept: all });
  });

  it.each([
    [1, 2, true],
    [2, 1, true],
    [1, 3, false],
  ])("a key epoch: what %i has sent, %i approves: %s", async (sending, checking, isRight) => {
    const started = await startOf({ ...deps, keyEpoch: sending });
    expect(await isApproved({ ...deps, keyEpoch: checking }, started)).toBe(isRight);
  });

  it("raising a cap keeps what was spent, and sends again", async () => {
    const capped = (perDayMicros: number): Deps => {
      const total = { perHourMicros: perDayMicros, perDayMicros };
      return { ...deps, spendTerms: { ...TEST_SPEND, total, keptForTickets: 0 } };
    };
    const price = TEST_SPEND.prices.GB?.sms ?? 0;
    expect(await startOf(capped(1.5 * price))).toHaveProperty("id");
    expect(await startOf(capped(1.5 * price), OTHER)).toMatchObject({ why: "sending-paused" });
    expect(await startOf(capped(4 * price), OTHER)).toHaveProperty("id");
    const spent = (await table.items()).find(({ pk }) => String(pk).startsWith("spend#"));
    expect(spent?.["total"]).toBe(2 * price);
  });

  it("going back to the previous release: it reads what the next one adds to an item", async () => {
    const started = await startOf(deps);
    for (const item of await table.items()) await table.put({ ...item, ofTheNextRelease: "it" });
    expect(await startOf(deps)).toMatchObject({ why: "too-many-sends" });
    expect(await isApproved(deps, started)).toBe(true);
  });

  it("leaving a region: with its keys go its codes and limits, and numbers start anew", async () => {
    const started = await startOf(deps);
    const keys = keysBy((label) => createHash("sha256").update(`there ${label}`).digest());
    const there = { ...deps, keys };
    expect(await isApproved(there, started)).toBe(false);
    expect(await startOf(there)).toHaveProperty("id");
  });

  it("names commands that are there", () => {
    const named = [...PAGE.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(named).toContain("restore");
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named));
  });
});
