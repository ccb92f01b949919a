import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { createTable, startEngine } from "../../local/engines.ts";
import { clientOf, ENGINE } from "../support/engine-tables.ts";

const TABLE = {
  Type: "AWS::DynamoDB::GlobalTable",
  Properties: {
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  },
};

it("an engine keeps what is put into a table made from the template's resource, and ends on request", async () => {
  const engine = await startEngine(ENGINE);
  const client = clientOf(engine.endpoint);
  await createTable(engine.endpoint, "latchkey", TABLE);
  await client.send(
    new PutItemCommand({ TableName: "latchkey", Item: { pk: { S: "a" }, n: { N: "1" } } }),
  );
  const { Item } = await client.send(
    new GetItemCommand({ TableName: "latchkey", Key: { pk: { S: "a" } }, ConsistentRead: true }),
  );
  expect(Item).toEqual({ pk: { S: "a" }, n: { N: "1" } });
  client.destroy();
  await engine.stop();
  await expect(fetch(engine.endpoint)).rejects.toThrow();
});

it("a resource that is no table is refused", async () => {
  await expect(
    createTable("http://127.0.0.1:1", "latchkey", { Type: "AWS::KMS::Key", Properties: {} }),
  ).rejects.toThrow("AWS::DynamoDB::Table");
});

it("dynalite closes no connection that waits, which a client with too much to do would write into", async () => {
  const engine = await startEngine("dynalite");
  const { headers } = await fetch(engine.endpoint);
  expect(headers.get("connection")).toBe("keep-alive");
  expect(headers.get("keep-alive")).toBeNull();
  await engine.stop();
});
