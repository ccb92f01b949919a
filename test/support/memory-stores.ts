import { LIMITS } from "../../functions/policy/limits.ts";
import type { Sealed } from "../../functions/verification/identifiers.ts";
import type {
  NumberRecord,
  NumberStore,
  ScopeDecrement,
  ScopeOutcome,
  SwitchState,
  Unverified,
  Write,
} from "../../functions/verification/ports.ts";
import {
  failureAdded,
  failuresCleared,
  hasRoom,
  isBelowLimit,
  turnReplaced,
  turnReturned,
  turnTaken,
  UNKNOWN_NUMBER,
} from "../../functions/verification/rules.ts";
import { itemOf } from "../../functions/verification/scopes.ts";
import type { Room, SpendCharge } from "../../functions/verification/spend.ts";
import { rowsFor, type TurnLimits } from "../../functions/verification/turns.ts";
import { engineStores, type Stores } from "./engine-stores.ts";
import { memoryTable } from "./memory-table.ts";

/** Nothing is paused, revoked or blocked, and every counter is one item. */
export const OPEN_SWITCH: SwitchState = {
  isPaused: false,
  ticketsFrom: 0,
  blocks: new Map(),
  layouts: [],
};

/** The deployed stores over a table in memory; numbers and counters by the rules in plain code, which the contract holds to the same facts. */
export function memoryStores(): Stores {
  return {
    ...engineStores(memoryTable(), () => 0),
    numbers: memoryNumbers(),
    ...memoryCounters(),
    sendingSwitch: { switchState: async () => OPEN_SWITCH },
  };
}

/** Runs `change` on the item under `key` and keeps what it gives; where it gives nothing, the write is refused. */
function writeTo<Item>(
  items: Map<string, Item>,
  key: string,
  change: (item: Item) => Item | undefined,
): Write<Item> {
  const item = items.get(key);
  const changed = item === undefined ? undefined : change(item);
  if (changed === undefined) return { kind: "refused", item };
  items.set(key, changed);
  return { kind: "taken", item: changed };
}

/** A record that names this verification as the newest of an app, or none of it. */
function withNewest(
  record: NumberRecord,
  { app, sealed }: { readonly app: string; readonly sealed: Sealed | undefined },
): NumberRecord {
  const { [app]: _, ...others } = record.newest ?? {};
  const newest = sealed === undefined ? others : { ...others, [app]: sealed };
  return { ...record, newest: Object.keys(newest).length === 0 ? undefined : newest };
}

/** `books` is an argument so that tests can change the rows over the same history, or close a number. */
export function memoryNumbers(
  limits: TurnLimits = LIMITS,
  records = new Map<string, NumberRecord>(),
): NumberStore {
  return {
    read: async (number) => records.get(number) ?? UNKNOWN_NUMBER,
    async takeTurn(number, now, ticket, newest) {
      const record = records.get(number) ?? UNKNOWN_NUMBER;
      const taken = turnTaken(record, { now, ticket }, rowsFor(limits, ticket));
      if (taken === undefined) return { kind: "refused", item: record };
      const item = newest === undefined ? taken : withNewest(taken, newest);
      records.set(number, item);
      return { kind: "taken", item };
    },
    async returnTurn(number, turn, ticket, before) {
      writeTo(records, number, (record) => {
        const returned = turnReturned(record, turn, ticket);
        return returned && before ? withNewest(returned, before) : returned;
      });
    },
    replaceTurn: async (number, replacement) =>
      writeTo(records, number, (record) => turnReplaced(record, replacement)),
    async undoReplacement(number, { failed, now }) {
      writeTo(records, number, ({ handedOn: _, ...record }) =>
        record.turns[0] === now
          ? { ...record, turns: [failed, ...record.turns.slice(1)] }
          : undefined,
      );
    },
    async addFailure(number, now) {
      records.set(number, failureAdded(records.get(number) ?? UNKNOWN_NUMBER, now));
    },
    async clearFailures(number, now) {
      writeTo(records, number, (record) => failuresCleared(record, now));
    },
  };
}

/** The windows of clients and ranges, and those that all share beside the money. */
function memoryCounters(): Pick<Stores, "scopes" | "spend"> {
  const windows = new Map<string, { readonly unverified: number; readonly minimum: number }>();
  const held = (name: string) => windows.get(name)?.unverified ?? 0;
  function refusal({ key, max, day }: Unverified): ScopeOutcome | undefined {
    const isFull = (name: string, most = Number.POSITIVE_INFINITY) =>
      !isBelowLimit(held(name), most);
    if (day === undefined) return isFull(key, max) ? { kind: "full" } : undefined;
    const isDayFull = isFull(itemOf(key).item, day.max);
    return isDayFull || isFull(key, max) ? { kind: "full", isDayFull } : undefined;
  }
  /** The counters with one more send, which are stored where it is `counted`. */
  function counts(kind: "counted" | "open", { key, minimum, day }: Unverified): ScopeOutcome {
    const oneMore = (name: string, least: number) => {
      const unverified = held(name) + 1;
      if (kind === "counted") windows.set(name, { unverified, minimum: least });
      return unverified;
    };
    const { item } = itemOf(key);
    const counted = { kind, unverified: oneMore(key, minimum) } as const;
    if (day === undefined) return counted;
    const today = oneMore(item, day.minimum);
    if (day.askFromSends === undefined) return { ...counted, today };
    const all = { window: oneMore(`${key} sends`, 0), day: oneMore(`${item} sends`, 0) };
    return { ...counted, today, sends: all };
  }
  async function decrement({ key, window, day, sends = 0 }: ScopeDecrement): Promise<void> {
    const less = (name: string, paid: number) =>
      writeTo(windows, name, ({ unverified, minimum }) =>
        unverified > minimum ? { unverified: unverified - paid, minimum } : undefined,
      );
    const { item } = itemOf(key);
    less(key, window);
    if (item === key) return;
    less(item, day);
    for (const name of [key, item]) less(`${name} sends`, sends);
  }
  const money = memoryMoney();
  return {
    scopes: {
      add: async (unverified) => refusal(unverified) ?? counts("counted", unverified),
      decrement,
    },
    spend: {
      async reserve(charge, room, beside = []) {
        const before = money.held(charge);
        if (!hasRoom(before, room) || beside.some((window) => refusal(window) !== undefined))
          return {
            kind: "refused",
            spent: before,
            windows: beside.map((window) => refusal(window) ?? counts("open", window)),
          };
        money.add(charge, charge.micros);
        return {
          kind: "taken",
          spent: money.held(charge),
          windows: beside.map((window) => counts("counted", window)),
        };
      },
      giveBack: async (charge) => money.giveBack(charge),
      async decrement(decrements) {
        await Promise.all(decrements.map(decrement));
      },
    },
  };
}

/** The counters of one booking, each under a key of its own. */
function countersOf({ day, hour, shard, country, app, isKnown }: SpendCharge) {
  const of = isKnown === true ? "known" : "all";
  return {
    day: `${of} ${day} ${shard}`,
    hour: `${of} ${day} ${shard} ${hour}`,
    countryDay: `${of} ${day} ${shard} ${country}`,
    countryHour: `${of} ${day} ${shard} ${country} ${hour}`,
    ...(app === undefined ? {} : { appDay: `${of} ${day} ${shard} app ${app}` }),
  } as const;
}

function memoryMoney() {
  const spent = new Map<string, number>();
  const held = (charge: SpendCharge): Room => {
    const keys = countersOf(charge);
    const at = (counter: keyof Room) => spent.get(keys[counter] ?? "") ?? 0;
    return {
      day: at("day"),
      hour: at("hour"),
      countryDay: at("countryDay"),
      countryHour: at("countryHour"),
      ...(charge.app === undefined ? {} : { appDay: at("appDay") }),
    };
  };
  const add = (charge: SpendCharge, micros: number) => {
    for (const key of Object.values(countersOf(charge)))
      spent.set(key, (spent.get(key) ?? 0) + micros);
  };
  const giveBack = (charge: SpendCharge) => {
    if (spent.has(countersOf(charge).day)) add(charge, -charge.micros);
  };
  return { held, add, giveBack };
}
