import {
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/** An item as an engine keeps it, without the types of its attributes. */
export type RawItem = Readonly<Record<string, unknown>>;

/** Every item of the one table, or the one with this key, read past every function and every store. */
export async function rawItemsOf(endpoint: string, pk?: string): Promise<readonly RawItem[]> {
  const client = new DynamoDBClient({
    endpoint,
    region: "eu-west-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}));
    if (pk !== undefined) {
      const Key = { pk: { S: pk } };
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key, ConsistentRead: true }),
      );
      return Item === undefined ? [] : [unmarshall(Item)];
    }
    const items: RawItem[] = [];
    for await (const { Items = [] } of paginateScan(
      { client },
      { TableName, ConsistentRead: true },
    ))
      items.push(...Items.map((item) => unmarshall(item)));
    return items;
  } finally {
    client.destroy();
  }
}
