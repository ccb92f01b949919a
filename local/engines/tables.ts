import { setTimeout as delay } from "node:timers/promises";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from "@aws-sdk/client-dynamodb";
import * as v from "valibot";

const KEY = v.object({ AttributeName: v.string(), KeyType: v.picklist(["HASH", "RANGE"]) });
const ATTRIBUTE = v.object({
  AttributeName: v.string(),
  AttributeType: v.picklist(["S", "N", "B"]),
});

/** The part of a table in the template that engines support: its keys. */
const TABLE = v.object({
  Type: v.picklist(["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"]),
  Properties: v.object({ KeySchema: v.array(KEY), AttributeDefinitions: v.array(ATTRIBUTE) }),
});

/** The engines check neither region nor credentials. */
const CLIENT = {
  region: "eu-west-2",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
} as const;

/** How often an engine is asked whether a new table can be used. */
const POLL_MILLISECONDS = 5;

/**
 * Creates the table of a template's resource in an engine, on demand, under `name`, and waits until it can be used. One that is there already
 * stays as it is. Throws where the resource is not a table.
 */
export async function createTable(
  endpoint: string,
  name: string,
  resource: unknown,
): Promise<void> {
  const { KeySchema, AttributeDefinitions } = v.parse(TABLE, resource).Properties;
  const client = new DynamoDBClient({ endpoint, ...CLIENT });
  try {
    await client
      .send(
        new CreateTableCommand({
          TableName: name,
          KeySchema,
          AttributeDefinitions,
          BillingMode: "PAY_PER_REQUEST",
        }),
      )
      .catch((fault: unknown) => {
        if (!(fault instanceof ResourceInUseException)) throw fault;
      });
    await active(client, name);
  } finally {
    client.destroy();
  }
}

async function active(client: DynamoDBClient, name: string): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === "ACTIVE") return;
    await delay(POLL_MILLISECONDS);
  }
}
