import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as v from "valibot";

const KEY = v.object({ AttributeName: v.string(), KeyType: v.picklist(["HASH", "RANGE"]) });
const ATTRIBUTE = v.object({
  AttributeName: v.string(),
  AttributeType: v.picklist(["S", "N", "B"]),
});

/** What a table is, of all that the template says of it: its keys. Engines know no encryption, backups or tags. */
const TABLE = v.object({
  Type: v.picklist(["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"]),
  Properties: v.object({ KeySchema: v.array(KEY), AttributeDefinitions: v.array(ATTRIBUTE) }),
});

/** Any region and credentials do: the engines check neither. */
const CLIENT = {
  region: "eu-west-2",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
} as const;

/** Creates the table of a template's resource in an engine, on demand, under `name`. Throws where it is not a table. */
export async function createTable(
  endpoint: string,
  name: string,
  resource: unknown,
): Promise<void> {
  const { KeySchema, AttributeDefinitions } = v.parse(TABLE, resource).Properties;
  const client = new DynamoDBClient({ endpoint, ...CLIENT });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema,
        AttributeDefinitions,
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
  } finally {
    client.destroy();
  }
}
