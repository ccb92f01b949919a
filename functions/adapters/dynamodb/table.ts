import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  type NativeAttributeValue,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Write } from "../../verification/ports.ts";
import type { Instant } from "../../verification/verification.ts";

/** An item as the engine gives it. Each store parses its own. */
export type Item = Readonly<Record<string, NativeAttributeValue>>;

/** Conditions of a write, each under the fact it stands for. All must hold. */
export type Conditions = Readonly<Record<string, string>>;

type Update = {
  readonly pk: string;
  readonly update: string;
  readonly conditions: Conditions;
  /** Values by placeholder. What no expression names is not sent. */
  readonly values: Item;
};

/** A call that takes longer than this has lost its answer: DynamoDB answers in single milliseconds, and the SDK asks again. */
const REQUEST_TIMEOUT_MS = 2_000;
const CONNECTION_TIMEOUT_MS = 1_000;

/** The one table. Each method is one request to DynamoDB, but for the second look of `update`. */
export type Table = ReturnType<typeof openTable>;

export function openTable(name: string, client = dynamoDb()) {
  const TableName = name;

  async function read(pk: string): Promise<Item | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: { pk }, ConsistentRead: true }),
    );
    return Item;
  }

  async function put(item: Item, conditions: Conditions): Promise<void> {
    await client.send(
      new PutCommand({ TableName, Item: item, ConditionExpression: all(conditions) }),
    );
  }

  /** One conditional update. A refused one comes with the item that refused it; an engine that does not tell is asked by one consistent read. */
  async function update({ pk, update, conditions, values }: Update): Promise<Write<Item>> {
    const ConditionExpression = all(conditions);
    try {
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { pk },
          UpdateExpression: update,
          ConditionExpression,
          ExpressionAttributeValues: named(values, `${update} ${ConditionExpression}`),
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { kind: "taken", item: Attributes };
    } catch (fault) {
      if (!(fault instanceof ConditionalCheckFailedException)) throw fault;
      return { kind: "refused", item: fault.Item ? unmarshall(fault.Item) : await read(pk) };
    }
  }

  async function remove(pk: string): Promise<void> {
    await client.send(new DeleteCommand({ TableName, Key: { pk } }));
  }

  return { read, put, update, remove } as const;
}

function dynamoDb(): DynamoDBDocumentClient {
  const requestHandler = {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  };
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

function all(conditions: Conditions): string {
  return Object.values(conditions).join(" AND ");
}

/** DynamoDB refuses values that no expression names. */
function named(
  values: Item,
  expressions: string,
): Record<string, NativeAttributeValue> | undefined {
  const names = new Set(expressions.match(/:\w+/g));
  const used = Object.entries(values).filter(([name]) => names.has(name));
  return used.length === 0 ? undefined : Object.fromEntries(used);
}

/** TTL wants Unix seconds. It deletes late, so it only cleans up: no condition reads it. */
export function deleteAfter(moment: Instant, keptSeconds: number): number {
  return Math.ceil(moment / 1_000) + keptSeconds;
}
