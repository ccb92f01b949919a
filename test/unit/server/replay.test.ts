import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTable, startEngine } from "../../../local/engines.ts";
import { dynamoReplayStore } from "../../../server/src/dynamodb.ts";
import { memoryReplayStore, type ReplayStore } from "../../../server/src/index.ts";
import { type RedisCommand, redisReplayStore } from "../../../server/src/redis.ts";

const NOW = Date.now();
const TABLE = {
  Type: "AWS::DynamoDB::GlobalTable",
  Properties: {
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  },
};

let engine: Awaited<ReturnType<typeof startEngine>>;
let client: DynamoDBClient;
beforeAll(async () => {
  engine = await startEngine("dynalite");
  await createTable(engine.endpoint, "used", TABLE);
  client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: "eu-west-2",
    maxAttempts: 1,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});
afterAll(() => engine.stop());

/** `SET key value NX PX milliseconds` as Redis does it; evidence/integrations asks a real one. */
function redis(clock: () => number): RedisCommand {
  const kept = new Map<string, number>();
  return async (...command) => {
    const [name, key = "", , ...options] = command;
    const lifetime = Number(options.at(2));
    expect([name, options.slice(0, 2)]).toEqual(["SET", ["NX", "PX"]]);
    if ((kept.get(key) ?? 0) > clock()) return null;
    kept.set(key, clock() + lifetime);
    return "OK";
  };
}

const STORES: Readonly<Record<string, () => ReplayStore>> = {
  memory: () => memoryReplayStore(() => NOW),
  DynamoDB: () => dynamoReplayStore({ client, tableName: "used" }),
  Redis: () =>
    redisReplayStore(
      redis(() => NOW),
      () => NOW,
    ),
};

describe.each(Object.keys(STORES))("a replay store in %s", (name) => {
  const use = (id: string) => ({ id: `${name}-${id}`, forgetAt: new Date(NOW + 60_000) });

  it("takes an id once, and another one too", async () => {
    const store = STORES[name]?.() ?? memoryReplayStore();
    const taken: boolean[] = [];
    for (const id of ["a", "a", "b", "a"]) taken.push(await store(use(id)));
    expect(taken).toEqual([true, false, true, false]);
  });

  it("takes one of many at once", async () => {
    const store = STORES[name]?.() ?? memoryReplayStore();
    const taken = await Promise.all(Array.from({ length: 20 }, async () => store(use("c"))));
    expect(taken.filter((first) => first)).toHaveLength(1);
  });
});

describe("a replay store", () => {
  it("in memory forgets what a verifier refuses by its age anyway", async () => {
    const time = { now: NOW };
    const store = memoryReplayStore(() => time.now);
    const use = { id: "a", forgetAt: new Date(NOW + 1_000) };
    await store(use);
    time.now = NOW + 999;
    expect(await store(use)).toBe(false);
    time.now = NOW + 1_000;
    expect(await store(use)).toBe(true);
  });

  it("in Redis keeps a key as long as it must, and takes no answer but OK for a first use", async () => {
    const commands: (readonly string[])[] = [];
    const store = redisReplayStore(
      async (...command) => {
        commands.push(command);
        return "OK";
      },
      () => NOW,
    );
    await store({ id: "a", forgetAt: new Date(NOW + 1_500) });
    expect(commands).toEqual([["SET", "latchkey:proof:a", "1", "NX", "PX", "1500"]]);
    expect(await redisReplayStore(async () => {})({ id: "b", forgetAt: new Date() })).toBe(false);
  });

  it("in DynamoDB throws what is no repetition", async () => {
    const store = dynamoReplayStore({ client, tableName: "no-such-table" });
    await expect(store({ id: "a", forgetAt: new Date() })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});
