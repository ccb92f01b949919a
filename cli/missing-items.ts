import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { CLAIM_ITEM } from "../functions/adapters/dynamodb/claims.ts";
import { addEarlierLayouts, SWITCH_ITEM } from "../functions/adapters/dynamodb/sending-switch.ts";
import { type Item, openTable, type Table } from "../functions/adapters/dynamodb/table.ts";
import { VERIFICATION_ITEM } from "../functions/adapters/dynamodb/verifications.ts";

/** An expression has 4 KB at most. */
const ATTRIBUTES_OF_A_WRITE = 90;

/** A code of a copy could be approved once more, so these are never added. */
const OF_CODES = [VERIFICATION_ITEM, CLAIM_ITEM].map(({ key }) => key.split("<")[0] ?? key);

type Added = Readonly<Record<"added" | "kept" | "leftOut", number>>;

/**
 * Adds what a restored copy has and the table lacks: numbers, blocks, revocations, API keys, counters and money. Each attribute is added by itself,
 * since the next pause, key or send creates an item anew. One that the table has stays as it is, since it is the newer one. Verifications and
 * claims are left out. Throws the faults of DynamoDB; a second run adds the rest.
 */
export async function addMissing(
  client: DynamoDBClient,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Added> {
  const count = { added: 0, kept: 0, leftOut: 0 };
  const table = openTable(to, client);
  const add = async (item: Item): Promise<void> => {
    if (OF_CODES.some((prefix) => String(item["pk"]).startsWith(prefix))) count.leftOut += 1;
    else if (await isAdded(table, item)) count.added += 1;
    else count.kept += 1;
  };
  const documents = { client: DynamoDBDocumentClient.from(client) };
  const pages = paginateScan(documents, { TableName: from, ConsistentRead: true });
  for await (const { Items = [] } of pages) await Promise.all(Items.map(add));
  return count;
}

async function isAdded(table: Table, { pk, writtenBy: _, ...copied }: Item): Promise<boolean> {
  const left = Object.entries(copied);
  let isMissing = false;
  while (left.length > 0) {
    const some = left.splice(0, ATTRIBUTES_OF_A_WRITE).map((of, at) => [`a${at}`, ...of] as const);
    const lacks = some.map(([a]) => `attribute_not_exists(#${a})`);
    const { kind } = await table.update({
      pk,
      update: `SET ${some.map(([a]) => `#${a} = if_not_exists(#${a}, :${a})`).join(", ")}`,
      conditions: { "it lacks one": `(${lacks.join(" OR ")})` },
      names: Object.fromEntries(some.map(([a, name]) => [`#${a}`, name])),
      values: Object.fromEntries(some.map(([a, , value]) => [`:${a}`, value])),
    });
    isMissing ||= kind === "taken";
  }
  if (pk === SWITCH_ITEM.key) await addEarlierLayouts(table, copied);
  return isMissing;
}
