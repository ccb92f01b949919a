import { dynamoNumbers } from "../../../functions/adapters/dynamodb/numbers.ts";
import type { NumberRecord } from "../../../functions/verification/ports.ts";
import { NOON } from "../../support/deps.ts";
import { type Clause, engineStores, engineStoresWithout } from "../../support/engine-stores.ts";
import type { EngineTable } from "../../support/engine-tables.ts";
import { memoryNumbers, memoryStores } from "../../support/memory-stores.ts";
import type { Ground, TableGround } from "./ground.ts";

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
