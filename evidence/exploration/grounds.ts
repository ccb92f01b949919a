import type { Item } from "../../functions/adapters/dynamodb/table.ts";
import { dynamoVerifications } from "../../functions/adapters/dynamodb/verifications.ts";
import type { Clock, NumberRecord } from "../../functions/verification/ports.ts";
import type { Verification } from "../../functions/verification/verification.ts";
import {
  type Clause,
  engineStores,
  engineStoresWithout,
} from "../../test/support/engine-stores.ts";
import {
  type Contents,
  emptyContents,
  memoryStores,
  type Stores,
} from "../../test/support/memory-stores.ts";
import { memoryTable } from "./memory-table.ts";

/** Something that the domain awaits: a write or a read of one item. */
export type Call = {
  readonly port: string;
  readonly method: string;
  readonly args: readonly unknown[];
  /** For readers: what the domain asked of its store. */
  readonly words: string;
};

export type Ask = (call: Call) => Promise<unknown>;

/** The item after a call, and the answer to it. */
type Effect<Content> = { readonly content: Content; readonly answer: unknown };

/** Where the items lie. An item is what one call reads or writes, and each call has one; `Content` is one item, or the lack of one. */
export type Ground<Content> = {
  readonly name: string;
  readonly nothing: Content;
  /** Stores that do nothing but ask. */
  readonly stores: (ask: Ask, clock: Clock) => Stores;
  readonly itemOf: (call: Call) => string;
  readonly perform: (call: Call, content: Content) => Promise<Effect<Content>>;
  readonly verificationIn: (content: Content) => Promise<Verification | undefined>;
  readonly recordIn: (content: Content) => (NumberRecord & { readonly number: string }) | undefined;
  /** The raw item, where there is one. */
  readonly rawIn: (content: Content) => Item | undefined;
};

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

function keyIn(argument: unknown): string {
  if (typeof argument === "string") return argument;
  const key: unknown = Object(argument).key;
  return typeof key === "string" ? key : "";
}

function copyOf(contents: Contents): Contents {
  return {
    verifications: new Map(contents.verifications),
    numbers: new Map(contents.numbers),
    scopes: new Map(contents.scopes),
    claims: new Map(contents.claims),
    spend: new Map(contents.spend),
  };
}

/** The stores in memory: each call of a store is one step. */
export const MEMORY: Ground<Contents> = {
  name: "the stores in memory",
  nothing: emptyContents(),
  stores(ask) {
    const real = memoryStores();
    const asked = <Port extends object>(port: string, target: Port): Port =>
      asking(target, (method, args) => ask({ port, method, args, words: `${port}.${method}` }));
    return {
      verifications: asked("verifications", real.verifications),
      numbers: asked("numbers", real.numbers),
      scopes: asked("scopes", real.scopes),
      claims: asked("claims", real.claims),
      spend: asked("spend", real.spend),
      sendingSwitch: real.sendingSwitch,
    };
  },
  itemOf: ({ port, args: [first] }) => `${port}#${keyIn(first)}`,
  async perform(call, before) {
    const content = copyOf(before);
    const store: object = Reflect.get(memoryStores(content), call.port);
    return { answer: await calling(store, call.method, call.args), content };
  },
  verificationIn: async ({ verifications }) => [...verifications.values()][0],
  recordIn({ numbers }) {
    const [entry] = numbers;
    return entry && { number: entry[0], ...entry[1] };
  },
  rawIn: () => undefined,
};

type Items = ReadonlyMap<string, Item>;

/** The deployed stores over a table: each request to the table is one step. One condition can be left out. */
export function tableGround(removed?: Clause): Ground<Items> {
  return {
    name: "the deployed expressions",
    nothing: new Map(),
    stores(ask, clock) {
      let words = "";
      const table = asking(memoryTable(), (method, args) =>
        ask({ port: "table", method, args, words }),
      );
      const real = removed
        ? engineStoresWithout(removed, table, clock)
        : engineStores(table, clock);
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
    },
    itemOf({ args: [first] }) {
      const pk: unknown = Object(first).pk;
      return typeof first === "string" ? first : String(pk);
    },
    async perform(call, before) {
      const content = new Map(before);
      return { answer: await calling(memoryTable(content), call.method, call.args), content };
    },
    async verificationIn(items) {
      const [item] = items.values();
      return item === undefined ? undefined : readVerification(item);
    },
    recordIn(items) {
      const [item] = items.values();
      return item && recordOf(item);
    },
    rawIn: (items) => [...items.values()][0],
  };
}

async function readVerification(item: Item): Promise<Verification | undefined> {
  const { pk, key } = item;
  if (typeof key !== "string" || !String(pk).startsWith("verification#")) return undefined;
  const table = { ...memoryTable(), read: async () => item };
  const store = dynamoVerifications(table);
  return store.read(Reflect.get(item, "key"));
}

const PREFIX = "number#";

function recordOf(item: Item): (NumberRecord & { readonly number: string }) | undefined {
  const pk = String(item["pk"]);
  if (!pk.startsWith(PREFIX)) return undefined;
  const figure = (name: string): number => {
    const value: unknown = item[name];
    return typeof value === "number" ? value : 0;
  };
  const turns = Array.from({ length: 10 }, (_, index) => figure(`t${index + 1}`));
  return {
    number: pk.slice(PREFIX.length),
    turns: turns.filter((turn) => turn > 0),
    failures: figure("failures"),
    failedAt: figure("failedAt"),
    blockedUntil: figure("blockedUntil"),
    ticketsFrom: figure("ticketsFrom"),
    ticketTurns: figure("ticketTurns"),
  };
}
