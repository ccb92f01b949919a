import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  convertToAttr,
  convertToNative,
  marshall,
  type NativeAttributeValue,
} from "@aws-sdk/util-dynamodb";
import updateItem from "dynalite/actions/updateItem.js";
import { checkConditional } from "dynalite/db/index.js";
import { type Expressions, validateExpressions } from "dynalite/validations/index.js";
import type { Item, Table } from "../../functions/adapters/dynamodb/table.ts";

type Write = Omit<Parameters<Table["update"]>[0], "pk" | "update"> & { readonly update?: string };

/** No key, so that dynalite hashes none. An update of `pk` itself is refused by the real engines alone. */
const SCHEMA = { AttributeDefinitions: [], KeySchema: [] };
const MOST_BYTES = 409_600;

/**
 * A table in memory that reads the expressions of the deployed stores with the parts of dynalite, and without its server: an exploration asks the
 * same write thousands of times. It leaves out the mark by which a write that the SDK repeated is known: no answer gets lost here.
 */
export function memoryTable(items: Map<string, Item> = new Map()): Table {
  return {
    read: async (pk) => items.get(pk),
    async put(item) {
      items.set(String(item["pk"]), itemOf(formOf(item)));
    },
    async update({ pk, ...write }) {
      const before = items.get(pk);
      const read = { Key: {}, ReturnValues: "ALL_NEW", ...expressionsOf(write) };
      const stored = before && formOf(before);
      if (checkConditional(read, stored)) return { kind: "refused", item: before };
      const item = itemOf(updated({ ...read, _condition: undefined }, stored ?? { pk: { S: pk } }));
      items.set(pk, item);
      return { kind: "taken", item: write.returns === undefined ? item : (before ?? {}) };
    },
    async remove(pk, { conditions = {}, values = {} } = {}) {
      const before = items.get(pk);
      const read = expressionsOf({ conditions, values });
      if (!checkConditional(read, before && formOf(before))) items.delete(pk);
    },
  };
}

type Form = Readonly<Record<string, AttributeValue>>;

/** The items of tables as dynalite reads them: most writes find an item as another write has left it. */
const forms = new WeakMap<Item, Form>();

function formOf(item: Item): Form {
  return forms.get(item) ?? marshall(item, { removeUndefinedValues: true });
}

function itemOf(form: Form): Item {
  const item: Record<string, NativeAttributeValue> = {};
  for (const name in form) item[name] = nativeOf(form[name] ?? { NULL: true });
  forms.set(item, form);
  return item;
}

/** As the SDK converts them. Texts and whole numbers, which most values are, need no search for their type. */
function nativeOf(value: AttributeValue): NativeAttributeValue {
  if (value.S !== undefined) return value.S;
  const number = Number(value.N);
  return Number.isSafeInteger(number) ? number : convertToNative(value);
}

function attributeOf(value: NativeAttributeValue): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (Number.isSafeInteger(value)) return { N: String(value) };
  return convertToAttr(value, { removeUndefinedValues: true });
}

/** Throws as DynamoDB does for an expression that it does not understand. */
function expressionsOf({ update, conditions, values, names }: Write): Parsed {
  const condition = Object.values(conditions).join(" AND ");
  const text = `${update} ${condition}`;
  const sent = valuesIn(text, values);
  const types = Object.values(sent).map((value) => Object.keys(value)[0]);
  let key = `${text} ${types.join(" ")}`;
  for (const name in names) key += ` ${name} ${names[name]}`;
  const read = {
    UpdateExpression: update,
    ConditionExpression: condition === "" ? undefined : condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: types.length === 0 ? undefined : sent,
  };
  const found = parsed.get(key) ?? parse(key, read);
  for (const [node, member, name, part] of found.places)
    Object(node)[member] = name === undefined ? part : sent[name];
  return found;
}

/** The values that a text names. */
function valuesIn(text: string, values: Item): Record<string, AttributeValue> {
  const names = placeholders.get(text) ?? [...new Set(text.match(/:\w+/g))];
  placeholders.set(text, names);
  const sent: Record<string, AttributeValue> = {};
  for (const name of names) if (values[name] !== undefined) sent[name] = attributeOf(values[name]);
  return sent;
}

const placeholders = new Map<string, readonly string[]>();

/** What was parsed, by its text, names and types of values: to parse is most of the time of a write. */
const parsed = new Map<string, Parsed>();

/** What dynalite parsed; and the places of what each use puts there: the values of a write by their names, and what dynalite replaces by its results. */
type Parsed = Expressions & { readonly places: readonly Place[] };

type Place = readonly [node: object, member: string, name: string | undefined, part: unknown];

function parse(key: string, read: Expressions): Parsed {
  const fault = validateExpressions(read);
  if (fault !== undefined) throw Object.assign(new Error(fault), { name: "ValidationException" });
  const { _condition, _updates, ExpressionAttributeValues: sent = {} } = read;
  const names = new Map<unknown, string>(
    Object.entries(sent).map(([name, value]) => [value, name]),
  );
  const placesIn = (node: object): readonly Place[] =>
    Object.entries(node).flatMap(([member, part]): readonly Place[] => {
      const name = names.get(part);
      const inside = name === undefined && part instanceof Object ? placesIn(part) : [];
      const isPlace = name !== undefined || member === "val";
      return isPlace ? [[node, member, name, part], ...inside] : inside;
    });
  const found = { _condition, _updates, places: placesIn({ _condition, _updates }) };
  parsed.set(key, found);
  return found;
}

/** The form of an item after an update, from a store of this one item that answers at once. */
function updated(read: Expressions, before: Form): Form {
  let form: Form = {};
  const store = {
    options: { maxItemSize: MOST_BYTES },
    getTable: (_: unknown, found: (fault: null, table: object) => void) => found(null, SCHEMA),
    getItemDb: () => ({
      lock: (_: unknown, work: (release: <End>(end: End) => End) => void) => work((end) => end),
      get: (_: unknown, found: (fault: null, stored: Form) => void) => found(null, before),
      put: (_: unknown, __: unknown, done: () => void) => done(),
    }),
  };
  updateItem(store, read, (fault, { Attributes = {} } = {}) => {
    if (fault) throw fault;
    form = Attributes;
  });
  return form;
}
