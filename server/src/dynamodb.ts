import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { ReplayStore } from "./replay.ts";

/** The table that stores the ids of used proofs, and the client that writes to it. */
export type DynamoReplayOptions = {
  readonly client: Pick<DynamoDBClient, "send">;
  /** A table whose partition key is the text `id`, and whose TTL attribute is `forgetAt`. */
  readonly tableName: string;
};

/** Uses in a DynamoDB table: one conditional write each. Needs `dynamodb:PutItem` and nothing else. */
export function dynamoReplayStore({ client, tableName }: DynamoReplayOptions): ReplayStore {
  return async ({ id, forgetAt }) => {
    const write = new PutItemCommand({
      TableName: tableName,
      Item: { id: { S: id }, forgetAt: { N: String(Math.ceil(forgetAt.getTime() / 1_000)) } },
      ConditionExpression: "attribute_not_exists(id)",
    });
    try {
      await client.send(write);
      return true;
    } catch (fault) {
      if (fault instanceof Error && fault.name === "ConditionalCheckFailedException") return false;
      throw fault;
    }
  };
}
