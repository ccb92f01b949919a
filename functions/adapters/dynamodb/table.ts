import { randomBytes } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, type NativeAttributeValue, unmarshall } from "@aws-sdk/util-dynamodb";
import type * as v from "valibot";
import type { Write } from "../../verification/ports.ts";
import type { Instant } from "../../verification/verification.ts";
import { AWS_CLIENT } from "../aws/client.ts";
import { once } from "../aws/once.ts";

/** An item as the engine returns it. Each store parses its own. */
export type Item = Readonly<Record<string, NativeAttributeValue>>;

/** Conditions of a write, each under the fact that it checks. All must hold. */
export type Conditions = Readonly<Record<string, string>>;

/** The items under one kind of key, described by the file that writes them. docs/contribute/architecture.md is generated from these. */
export type ItemKind = {
  readonly key: string;
  readonly is: string;
  readonly attributes: Readonly<Record<string, v.GenericSchema>>;
  /** The writes, by the function that makes them. */
  readonly writes: { readonly callers: readonly string[]; readonly operator: readonly string[] };
  readonly ttl: string;
};

type Update = {
  readonly pk: string;
  readonly update: string;
  readonly conditions: Conditions;
  /** Values by placeholder. A value that no expression names is not sent. */
  readonly values: Item;
  /** Attributes by placeholder, where their names are data. */
  readonly names?: Readonly<Record<string, string>>;
  /** Whether a write whose answer got lost may be sent again. True by default. */
  readonly isRepeatable?: boolean;
  /** A taken write returns the item before it. By default it returns the one after it. */
  readonly returns?: "ALL_OLD" | undefined;
};

/** Middleware of the SDK that writes logs, of which there are none, and names the SDK to AWS: a tenth of the CPU of a warm check. */
export const UNUSED_MIDDLEWARE = ["loggerMiddleware", "getUserAgentMiddleware"] as const;

/** The one table. Each method is one request to DynamoDB, except the additional read of `update`. */
export type Table = ReturnType<typeof openTable>;

export function openTable(name: string, given?: DynamoDBClient) {
  const TableName = name;
  const client = given ?? dynamoDb(AWS_CLIENT);
  const unrepeating = once(async () => given ?? dynamoDb({ ...AWS_CLIENT, maxAttempts: 1 }));

  async function read(pk: string): Promise<Item | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: marshall({ pk }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  async function put(item: Item): Promise<void> {
    await client.send(new PutItemCommand({ TableName, Item: valued(item) }));
  }

  /**
   * One conditional update. A refusal includes the item that refused it; for an engine that does not return it, one consistent read fetches it.
   * The SDK repeats a write whose answer got lost. Each write stores its own mark and refuses it, so that a repeat does not count twice and is
   * recognized as taken, unless another write came between the two: then a counter may count once too often.
   */
  async function update(write: Update): Promise<Write<Item>> {
    const mark = newMark();
    const sender = write.isRepeatable === false ? await unrepeating() : client;
    try {
      const { Attributes = {} } = await sender.send(
        new UpdateItemCommand({ TableName, ...updateInput(write, mark) }),
      );
      return { kind: "taken", item: unmarshall(Attributes) };
    } catch (fault) {
      const item = await refuserOf(fault, write.pk);
      if (item?.["writtenBy"] !== mark) return { kind: "refused", item };
      if (write.returns === undefined) return { kind: "taken", item };
      throw new Error("a write was done, and what it removed is not known", { cause: fault });
    }
  }

  /** The item that refused a write. Throws any other fault. */
  async function refuserOf(fault: unknown, pk: string): Promise<Item | undefined> {
    if (!(fault instanceof ConditionalCheckFailedException)) throw fault;
    return fault.Item ? unmarshall(fault.Item) : read(pk);
  }

  /** Deletes an item if all conditions hold; otherwise does nothing. */
  async function remove(
    pk: string,
    { conditions, values }: Partial<Pick<Update, "conditions" | "values">> = {},
  ): Promise<void> {
    try {
      await client.send(
        new DeleteItemCommand({
          TableName,
          Key: marshall({ pk }),
          ConditionExpression: conditions && all(conditions),
          ExpressionAttributeValues: values && valued(values),
        }),
      );
    } catch (fault) {
      if (!(fault instanceof ConditionalCheckFailedException)) throw fault;
    }
  }

  return { read, put, update, remove } as const;
}

/** The same write with its item as a store parses it. Only a refused write can have none. */
export function parsed<Parsed>(
  { kind, item }: Write<Item>,
  parse: (item: Item) => Parsed,
): Write<Parsed> {
  return item === undefined ? { kind: "refused", item } : { kind, item: parse(item) };
}

function updateInput({ pk, update, conditions, values, names, returns }: Update, mark: string) {
  const UpdateExpression = marked(update);
  const ConditionExpression = all({ ...conditions, "it is no repeat": "NOT writtenBy = :mark" });
  const expressions = `${UpdateExpression} ${ConditionExpression}`;
  return {
    Key: marshall({ pk }),
    UpdateExpression,
    ConditionExpression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: named({ ...values, ":mark": mark }, expressions),
    ReturnValues: returns ?? "ALL_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  } as const;
}

/** DynamoDB allows one SET clause an expression. */
function marked(update: string): string {
  const mark = "writtenBy = :mark";
  return update.includes("SET ")
    ? update.replace("SET ", `SET ${mark}, `)
    : `SET ${mark} ${update}`;
}

/** 96 random bits: no two writes of one item share a mark. */
function newMark(): string {
  return randomBytes(12).toString("base64url");
}

/** The SDK's client without the middleware that nothing here uses. */
export function dynamoDb(config: DynamoDBClientConfig): DynamoDBClient {
  const client = new DynamoDBClient(config);
  for (const name of UNUSED_MIDDLEWARE) client.middlewareStack.remove(name);
  return client;
}

/** As DynamoDB takes them. Attributes without a value are left out. */
function valued(item: Item) {
  return marshall(item, { removeUndefinedValues: true });
}

function all(conditions: Conditions): string {
  return Object.values(conditions).join(" AND ");
}

/** DynamoDB refuses values that no expression names. */
function named(values: Item, expressions: string) {
  const names = new Set(expressions.match(/:\w+/g));
  const used = Object.entries(values).filter(([name]) => names.has(name));
  return valued(Object.fromEntries(used));
}

/** TTL is in Unix seconds. It deletes late, so it only cleans up: no condition reads it. */
export function deleteAfter(moment: Instant, keptSeconds: number): number {
  return Math.ceil(moment / 1_000) + keptSeconds;
}
