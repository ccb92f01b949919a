import { ListTablesCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import { clientOf } from "../../support/engine-tables.ts";

/** Everything that an engine holds, as it lies there: each item as JSON of its raw attributes, in a fixed order. */
export async function rawItems(endpoint: string): Promise<readonly string[]> {
  const client = clientOf(endpoint);
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const items: string[] = [];
    for (const TableName of TableNames) {
      // A page holds a megabyte.
      for await (const { Items = [] } of paginateScan(
        { client },
        { TableName, ConsistentRead: true },
      ))
        items.push(...Items.map((item) => JSON.stringify(item)));
    }
    return items.toSorted();
  } finally {
    client.destroy();
  }
}
