import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { CLAIM_ITEM } from "../functions/adapters/dynamodb/claims.ts";
import { VERIFICATION_ITEM } from "../functions/adapters/dynamodb/verifications.ts";

/** A code of a copy could be approved once more, so these are never added. */
const OF_CODES = [VERIFICATION_ITEM, CLAIM_ITEM].map(({ key }) => key.split("<")[0] ?? key);

type Added = Readonly<Record<"added" | "kept" | "leftOut", number>>;

/**
 * Adds the items of a restored copy that the table lacks: numbers, blocks, revocations, API keys, counters and money. An item that the table has
 * stays as it is, since it is the newer one. Verifications and claims are left out. Throws the faults of DynamoDB; a second run adds the rest.
 */
export async function addMissing(
  client: DynamoDBDocumentClient,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Added> {
  const count = { added: 0, kept: 0, leftOut: 0 };
  const add = async (item: Readonly<Record<string, unknown>>): Promise<void> => {
    if (OF_CODES.some((prefix) => String(item["pk"]).startsWith(prefix))) count.leftOut += 1;
    else if (await isAdded(client, to, item)) count.added += 1;
    else count.kept += 1;
  };
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const scan = new ScanCommand({ TableName: from, ConsistentRead: true, ExclusiveStartKey });
    const { Items = [], LastEvaluatedKey } = await client.send(scan);
    await Promise.all(Items.map(add));
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return count;
}

async function isAdded(
  client: DynamoDBDocumentClient,
  TableName: string,
  Item: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const ConditionExpression = "attribute_not_exists(pk)";
  try {
    await client.send(new PutCommand({ TableName, Item, ConditionExpression }));
    return true;
  } catch (fault) {
    if (fault instanceof Error && fault.name === "ConditionalCheckFailedException") return false;
    throw fault;
  }
}
