import { dynamoNumbers } from "../../functions/adapters/dynamodb/numbers.ts";
import type { Item } from "../../functions/adapters/dynamodb/table.ts";
import { dynamoVerifications } from "../../functions/adapters/dynamodb/verifications.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import type { Clock, NumberRecord } from "../../functions/verification/ports.ts";
import type { Verification } from "../../functions/verification/verification.ts";
import {
  type Clause,
  engineStores,
  engineStoresWithout,
  type Stores,
} from "../../test/support/engine-stores.ts";
import { memoryStores } from "../../test/support/memory-stores.ts";
import { memoryTable } from "../../test/support/memory-table.ts";

/** Something that the domain awaits: a write or a read of one item. */
export type Call = {
  readonly port: string;
  readonly method: string;
  readonly args: readonly unknown[];
  /** For readers: what the domain asked of its store. */
  readonly words: string;
};

export type Ask = (call: Call) => Promise<unknown>;

/** What a call left of its item, or the lack of one. */
export type Stored = Item | undefined;

/** A port each call of which is asked for. */
function asking<Port extends object>(
  target: Port,
  ask: (method: string, args: readonly unknown[]) => unknown,
): Port {
  return new Proxy(target, {
    get:
      (_, method) =>
      (...args: readonly unknown[]) =>
        ask(String(method), args),
  });
}

/** Calls the port itself. */
function calling(target: object, method: string, args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, args);
}

/** The deployed stores, over a table that does nothing but ask: each request to it is one step. One condition can be left out. */
export function askingStores(ask: Ask, clock: Clock, removed: Clause | undefined): Stores {
  let words = "";
  const table = asking(memoryTable(), (method, args) =>
    ask({ port: "table", method, args, words }),
  );
  const real = removed ? engineStoresWithout(removed, table, clock) : engineStores(table, clock);
  const named = <Port extends object>(port: string, target: Port): Port =>
    asking(target, (method, args) => {
      words = `${port}.${method}`;
      return calling(target, method, args);
    });
  return {
    verifications: named("verifications", real.verifications),
    numbers: named("numbers", real.numbers),
    scopes: named("scopes", real.scopes),
    claims: named("claims", real.claims),
    spend: named("spend", real.spend),
    // Every actor reads it and none writes it here.
    sendingSwitch: memoryStores().sendingSwitch,
  };
}

/** The key of the item that a request to the table is about. */
export function keyIn({ args: [first] }: Call): string {
  return typeof first === "string" ? first : String(Object(first).pk);
}

/** What a request makes of its item, and its answer. */
export async function performed(call: Call, before: Stored) {
  const items = new Map(before === undefined ? [] : [[keyIn(call), before]]);
  const answer = await calling(memoryTable(items), call.method, call.args);
  return { after: items.get(keyIn(call)), answer };
}

/** The verification that an item is, if it is one. */
export async function verificationIn(item: Stored): Promise<Verification | undefined> {
  if (item === undefined || !String(item["pk"]).startsWith("verification#")) return undefined;
  const store = dynamoVerifications({ ...memoryTable(), read: async () => item });
  return store.read(Reflect.get(item, "key"));
}

const PREFIX = "number#";

/** The record of a number that an item is, if it is one. */
export async function recordIn(
  item: Stored,
): Promise<(NumberRecord & { readonly number: string }) | undefined> {
  const pk = String(item?.["pk"]);
  if (item === undefined || !pk.startsWith(PREFIX)) return undefined;
  const store = dynamoNumbers({ ...memoryTable(), read: async () => item }, LIMITS);
  const record = await store.read(Reflect.get(item, "pk"), { now: 0, ticket: undefined });
  return { ...record, number: pk.slice(PREFIX.length) };
}
