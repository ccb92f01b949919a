import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import updateItem from "dynalite/actions/updateItem.js";
import { checkConditional } from "dynalite/db/index.js";
import { type Expressions, validateExpressions } from "dynalite/validations/index.js";
import type { Item, Table } from "../../functions/adapters/dynamodb/table.ts";

type Write = Omit<Parameters<Table["update"]>[0], "pk" | "update"> & { readonly update?: string };

const SCHEMA = {
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
};
const MOST_BYTES = 409_600;

/**
 * A table in memory that reads the expressions of the deployed stores with the parts of dynalite, and without its server: an exploration asks the
 * same write thousands of times. It leaves out the mark by which a write that the SDK repeated is known: no answer gets lost here.
 */
export function memoryTable(items: Map<string, Item> = new Map()): Table {
  return {
    read: async (pk) => items.get(pk),
    async put(item) {
      items.set(String(item["pk"]), unmarshall(marshalled(item)));
    },
    async update({ pk, ...write }) {
      const before = items.get(pk);
      const read = { Key: marshalled({ pk }), ReturnValues: "ALL_NEW", ...expressionsOf(write) };
      const stored = before && marshalled(before);
      if (checkConditional(read, stored)) return { kind: "refused", item: before };
      const item = updated({ ...read, _condition: undefined }, stored);
      items.set(pk, item);
      return { kind: "taken", item };
    },
    async remove(pk, { conditions = {}, values = {} } = {}) {
      const before = items.get(pk);
      const read = expressionsOf({ conditions, values });
      if (!checkConditional(read, before && marshalled(before))) items.delete(pk);
    },
  };
}

function marshalled(item: Item) {
  return marshall(item, { removeUndefinedValues: true });
}

/** Throws as DynamoDB does for an expression that it does not understand. */
function expressionsOf({ update, conditions, values, names }: Write): Expressions {
  const condition = Object.values(conditions).join(" AND ");
  const used = new Set(`${update} ${condition}`.match(/:\w+/g));
  const sent = Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name)));
  const read = {
    ...(update === undefined ? {} : { UpdateExpression: update }),
    ...(condition === "" ? {} : { ConditionExpression: condition }),
    ...(used.size === 0 ? {} : { ExpressionAttributeValues: marshalled(sent) }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
  };
  const types = Object.entries(read.ExpressionAttributeValues ?? {}).map(typeOf);
  const key = JSON.stringify([update, condition, names, types]);
  const known = parsed.get(key) ?? parse(key, { ...read });
  const { _condition, _updates, ExpressionAttributeValues: own = {} } = known;
  for (const [name, value] of Object.entries(own))
    Object.assign(value, read.ExpressionAttributeValues?.[name]);
  // Copies, since dynalite puts what it computes into the sections of an update.
  const sections = _updates?.sections.map((section) => ({ ...section })) ?? [];
  return { ...read, _condition, _updates: _updates && { ..._updates, sections } };
}

/** What was parsed, by its text, names and types of values: to parse is most of the time of a write. */
const parsed = new Map<string, Expressions>();

const typeOf = ([name, value]: readonly [string, object]) => [name, ...Object.keys(value)];

function parse(key: string, read: Expressions): Expressions {
  const fault = validateExpressions(read);
  if (fault !== undefined) throw Object.assign(new Error(fault), { name: "ValidationException" });
  parsed.set(key, read);
  return read;
}

/** The item after an update, from a store of this one item that answers at once. */
function updated(read: Expressions, before: ReturnType<typeof marshalled> | undefined): Item {
  let item: Item = {};
  const store = {
    options: { maxItemSize: MOST_BYTES },
    getTable: (_: unknown, found: (fault: null, table: object) => void) => found(null, SCHEMA),
    getItemDb: () => ({
      lock: (_: unknown, work: (release: <End>(end: End) => End) => void) => work((end) => end),
      get: (_: unknown, found: (fault: unknown, stored?: object) => void) =>
        before === undefined ? found({ name: "NotFoundError" }) : found(null, before),
      put: (_: unknown, __: unknown, done: () => void) => done(),
    }),
  };
  updateItem(store, read, (fault, { Attributes = {} } = {}) => {
    if (fault) throw fault;
    item = unmarshall(Attributes);
  });
  return item;
}
