import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Target } from "./target.ts";

type Item = Readonly<Record<string, unknown>>;

/** The table, past the functions and their keys. */
export async function tableOf({ engineEndpoint: endpoint }: Pick<Target, "engineEndpoint">) {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: "eu-west-2",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    }),
  );
  const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}));
  /** What lies under a key; nothing is an empty item. */
  const itemAt = async (pk: string): Promise<Item> => {
    const asked = { TableName, Key: { pk }, ConsistentRead: true };
    return (await client.send(new GetCommand(asked))).Item ?? {};
  };
  return {
    itemAt,
    /** As if the newest turn of a number were a day and an hour ago: a test cannot turn the clock of the functions. */
    restNumber: async (pseudonym: string): Promise<void> => {
      const changes = {
        UpdateExpression: "SET t1 = :then",
        ExpressionAttributeValues: { ":then": Date.now() - 90_000_000 },
      };
      const Key = { pk: `number#${pseudonym}` };
      await client.send(new UpdateCommand({ TableName, Key, ...changes }));
    },
    stop: () => client.destroy(),
  };
}
