import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { dynamoSpend } from "../../../functions/adapters/dynamodb/spend.ts";
import {
  openTable,
  type Table,
  UNUSED_MIDDLEWARE,
} from "../../../functions/adapters/dynamodb/table.ts";
import { listen, localUrl, serverOf } from "../../../local/listening.ts";

/** What DynamoDB was asked, by operation, and how it answers: not at all, unless a test says so. */
const asked: { readonly operation: string; readonly input: unknown }[] = [];
let agents: readonly string[] = [];
let answer: ((response: ServerResponse) => void) | undefined;
const server = serverOf(async (request, response) => {
  const operation = String(request.headers["x-amz-target"]).replace("DynamoDB_20120810.", "");
  agents = Object.keys(request.headers).filter((name) => name.endsWith("user-agent"));
  asked.push({ operation, input: JSON.parse(await text(request)) });
  answer?.(response);
});

beforeAll(async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", localUrl(await listen(server)));
  vi.stubEnv("AWS_REGION", "eu-west-2");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  answer = undefined;
});
afterEach(() => server.closeAllConnections());

/** As every function opens it. */
const table = () => openTable("latchkey");
const WRITE = { pk: "verification#1", update: "SET a = :a", conditions: {}, values: { ":a": 1 } };

it.each<[string, (table: Table) => Promise<unknown>]>([
  ["a read", ({ read }) => read("verification#1")],
  ["a write", ({ update }) => update(WRITE)],
])(
  "a service that never answers %s is asked twice and then given up, long before the function is",
  async (_, work) => {
    await expect(work(table())).rejects.toThrow(/timed out|timeout/i);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
  },
);

it("a write that must not be done twice is asked for once, whether or not it is answered", async () => {
  await expect(table().update({ ...WRITE, isRepeatable: false })).rejects.toThrow(
    /timed out|timeout/i,
  );
  expect(asked).toHaveLength(1);
});

it("money is given back once, whether or not that is answered", async () => {
  const charge = { day: "2027-01-15", hour: 8, shard: 0, country: "GB", micros: 1 } as const;
  await expect(dynamoSpend(table()).giveBack(charge)).rejects.toThrow(/timed out|timeout/i);
  expect(asked).toHaveLength(1);
});

it("a request runs no middleware of the SDK for logs and for its name", async () => {
  const { middlewareStack } = new DynamoDBClient();
  expect(UNUSED_MIDDLEWARE.map(middlewareStack.remove)).toEqual([true, true]);
  answer = (response) => response.end("{}");
  await table().read("verification#1");
  expect(agents).toEqual([]);
});

it("what has no value is not sent, and is no attribute", async () => {
  answer = (response) => response.end("{}");
  await table().put({ pk: "verification#1", checkedAt: undefined, checks: 0 });
  expect(asked).toEqual([
    {
      operation: "PutItem",
      input: { TableName: "latchkey", Item: { pk: { S: "verification#1" }, checks: { N: "0" } } },
    },
  ]);
});

it("a write names its table, its item and what it expects back", async () => {
  answer = (response) => response.end("{}");
  expect(await table().update(WRITE)).toEqual({ kind: "taken", item: {} });
  expect(asked[0]?.input).toMatchObject({
    TableName: "latchkey",
    Key: { pk: { S: "verification#1" } },
    UpdateExpression: "SET writtenBy = :mark, a = :a",
    ConditionExpression: "NOT writtenBy = :mark",
    ReturnValues: "ALL_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
});

it("a refusal that brings its item is not asked about again, and one that does not is", async () => {
  const refusal = { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" };
  answer = (response) =>
    response.writeHead(400).end(JSON.stringify({ ...refusal, Item: { a: { N: "7" } } }));
  expect(await table().update(WRITE)).toEqual({ kind: "refused", item: { a: 7 } });
  expect(asked.map(({ operation }) => operation)).toEqual(["UpdateItem"]);
  answer = (response) => {
    const isRead = asked.at(-1)?.operation === "GetItem";
    response.writeHead(isRead ? 200 : 400);
    response.end(JSON.stringify(isRead ? { Item: { a: { N: "8" } } } : refusal));
  };
  expect(await table().update(WRITE)).toEqual({ kind: "refused", item: { a: 8 } });
  expect(asked.at(-1)).toEqual({
    operation: "GetItem",
    input: { TableName: "latchkey", Key: { pk: { S: "verification#1" } }, ConsistentRead: true },
  });
});

it("a fault that is no refusal is thrown, of a write and of a removal", async () => {
  answer = (response) =>
    response
      .writeHead(400)
      .end(
        JSON.stringify({ __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" }),
      );
  await expect(table().update(WRITE)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(table().remove("verification#1")).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});
