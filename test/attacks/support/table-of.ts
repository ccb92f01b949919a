import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { keyOf } from "../../../functions/verification/identifiers.ts";
import { idIn } from "../../support/deps.ts";
import type { Target } from "./target.ts";

type Item = Readonly<Record<string, unknown>>;

/** The table in the hands of somebody who may write into it, but uses no key. */
export async function tableOf({ engineEndpoint: endpoint }: Pick<Target, "engineEndpoint">) {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: "eu-west-2",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    }),
  );
  const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}));
  const pkOf = (id: string) => `verification#${keyOf(idIn(id))}`;
  /** What lies under a key; nothing is an empty item. */
  const itemAt = async (pk: string): Promise<Item> => {
    const asked = { TableName, Key: { pk }, ConsistentRead: true };
    return (await client.send(new GetCommand(asked))).Item ?? {};
  };
  const set = (names: readonly string[], values: readonly unknown[]) => ({
    UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      values.map((value, index) => [`:v${index}`, value]),
    ),
  });
  return {
    itemAt,
    read: (id: string) => itemAt(pkOf(id)),
    /** Sets attributes of a verification, past every condition. */
    write: async (id: string, values: Item): Promise<void> => {
      const changes = set(Object.keys(values), Object.values(values));
      await client.send(new UpdateCommand({ TableName, Key: { pk: pkOf(id) }, ...changes }));
    },
    /** As if the newest turn of a number were a day and an hour ago: a test cannot turn the clock of the functions. */
    restNumber: async (pseudonym: string): Promise<void> => {
      const changes = set(["t1"], [Date.now() - 90_000_000]);
      const Key = { pk: `number#${pseudonym}` };
      await client.send(new UpdateCommand({ TableName, Key, ...changes }));
    },
    stop: () => client.destroy(),
  };
}
