import { dynamoNumbers } from "../../../functions/adapters/dynamodb/numbers.ts";
import type { Mac } from "../../../functions/verification/identifiers.ts";
import type { NumberRecord, NumberStore } from "../../../functions/verification/ports.ts";
import type { TurnLimits } from "../../../functions/verification/turns.ts";
import type { Instant } from "../../../functions/verification/verification.ts";
import { NOON } from "../../support/deps.ts";
import {
  type Clause,
  engineStores,
  engineStoresWithout,
  type Stores,
} from "../../support/engine-stores.ts";
import type { EngineTable } from "../../support/engine-tables.ts";
import { memoryNumbers, memoryStores } from "../../support/memory-stores.ts";

/** Empty stores, and what an operator or a deploy can do to them. */
export type Ground = Stores & {
  /** The same history of the numbers under other rows, as after a deploy. */
  readonly numbersUnder: (limits: TurnLimits) => NumberStore;
  readonly close: (number: Mac, until: Instant) => Promise<void>;
};

/** What every store promises, whatever it keeps its items in. By name, since clauses are proved by name. */
export type Facts = Readonly<Record<string, (ground: Ground) => Promise<void>>>;

/** The same fact of several things. */
export const factsOf = <Of>(
  all: readonly Of[],
  fact: (of: Of) => readonly [string, Facts[string]],
): Facts => Object.fromEntries(all.map(fact));

/** The same where the raw items can be seen too, and the clock of the stores be turned. */
export type TableGround = Ground &
  Pick<EngineTable, "table" | "items" | "put"> & { readonly time: { now: Instant } };
export type TableFacts = Readonly<Record<string, (ground: TableGround) => Promise<void>>>;

export function memoryGround(): Ground {
  const records = new Map<string, NumberRecord>();
  return {
    ...memoryStores(),
    numbers: memoryNumbers(undefined, records),
    numbersUnder: (rows) => memoryNumbers(rows, records),
    async close(number, blockedUntil) {
      records.set(number, { turns: [], failures: 0, ...records.get(number), blockedUntil });
    },
  };
}

/** The stores over a table; with a clause removed to show what the clause is for. */
export function tableGround(
  { table, items, put }: Pick<EngineTable, "table" | "items" | "put">,
  removed?: Clause,
): TableGround {
  const time = { now: NOON };
  const clock = () => time.now;
  return {
    ...(removed ? engineStoresWithout(removed, table, clock) : engineStores(table, clock)),
    table,
    items,
    put,
    time,
    numbersUnder: (rows) => dynamoNumbers(table, rows),
    async close(number, blockedUntil) {
      const pk = `number#${number}`;
      const values = { ":until": blockedUntil };
      await table.update({ pk, update: "SET blockedUntil = :until", conditions: {}, values });
    },
  };
}
