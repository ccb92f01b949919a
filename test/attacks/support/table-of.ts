import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { openTable } from "../../../functions/adapters/dynamodb/table.ts";
import { clientOf } from "../../support/engine-tables.ts";
import type { Target } from "./target.ts";

type Item = Readonly<Record<string, unknown>>;

/** The table, past the functions and their keys. */
export async function tableOf({ engineEndpoint: endpoint }: Pick<Target, "engineEndpoint">) {
  const client = clientOf(endpoint);
  const { TableNames: [name = ""] = [] } = await client.send(new ListTablesCommand({}));
  const { read, update } = openTable(name, client);
  return {
    /** What lies under a key; nothing is an empty item. */
    itemAt: async (pk: string): Promise<Item> => (await read(pk)) ?? {},
    /** As if the newest turn of a number were a day and an hour ago: a test cannot turn the clock of the functions. */
    restNumber: async (pseudonym: string): Promise<void> => {
      const values = { ":then": Date.now() - 90_000_000 };
      await update({ pk: `number#${pseudonym}`, update: "SET t1 = :then", conditions: {}, values });
    },
    stop: () => client.destroy(),
  };
}
