import { DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";

/** Everything that an engine holds, as it lies there: each item as JSON of its raw attributes, in a fixed order. */
export async function rawItems(endpoint: string): Promise<readonly string[]> {
  const client = new DynamoDBClient({
    endpoint,
    region: "eu-west-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const tables = await Promise.all(
      TableNames.map((TableName) =>
        client.send(new ScanCommand({ TableName, ConsistentRead: true })),
      ),
    );
    return tables.flatMap(({ Items = [] }) => Items.map((item) => JSON.stringify(item))).toSorted();
  } finally {
    client.destroy();
  }
}
