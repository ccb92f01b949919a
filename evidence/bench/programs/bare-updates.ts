/**
 * The baseline of a check: the same updates that it sends, by the SDK's client and nothing else. `LATCHKEY_BENCH_UPDATES` is a file of their bodies,
 * in the order in which they go out.
 */
import { readFileSync } from "node:fs";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});
const updates = JSON.parse(readFileSync(process.env["LATCHKEY_BENCH_UPDATES"] ?? "", "utf8"));

export const handler = async () => {
  for (const update of updates) await client.send(new UpdateItemCommand(update));
  return { statusCode: 200, body: "" };
};
