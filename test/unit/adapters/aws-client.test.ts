import { createServer } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, expect, it } from "vitest";
import { AWS_CLIENT } from "../../../functions/adapters/aws-client.ts";
import { openTable } from "../../../functions/adapters/dynamodb/table.ts";

/** Takes every request and answers none. */
const silent = createServer(() => {});
let requests = 0;
silent.on("request", () => {
  requests += 1;
});
afterEach(() => silent.closeAllConnections());

it("a service that never answers is asked twice and then given up, long before the function is", async () => {
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("a port");
  const client = new DynamoDBClient({
    ...AWS_CLIENT,
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "eu-west-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const table = openTable("table", DynamoDBDocumentClient.from(client));
  await expect(table.read("verification#1")).rejects.toThrow(/timed out|timeout/i);
  expect(requests).toBe(2);
  silent.close();
});
