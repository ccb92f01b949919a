import { LIMITS } from "../../functions/policy/limits.ts";
import type { Sealed } from "../../functions/verification/identifiers.ts";
import type {
  NumberRecord,
  NumberStore,
  SwitchState,
  Write,
} from "../../functions/verification/ports.ts";
import {
  failureAdded,
  failuresCleared,
  turnReplaced,
  turnReturned,
  turnTaken,
  UNKNOWN_NUMBER,
} from "../../functions/verification/rules.ts";
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

/** The deployed stores over a table in memory; numbers by the rules in plain code, which the contract holds to the same facts. */
export function memoryStores(): Stores {
  return {
    ...engineStores(memoryTable(), () => 0),
    numbers: memoryNumbers(),
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

/** A test passes `limits` to change the rows over one history, and `records` to block a number. */
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
