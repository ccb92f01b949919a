import { dynamoNumbers } from "../../../functions/adapters/dynamodb/numbers.ts";
import type { NumberBook } from "../../../functions/verification/ports.ts";
import { type Clause, engineStores, engineStoresWithout } from "../../support/engine-stores.ts";
import type { EngineTable } from "../../support/engine-tables.ts";
import { memoryNumbers, memoryStores } from "../../support/memory-stores.ts";
import { NOON } from "../../support/world.ts";
import type { Ground, TableGround } from "./ground.ts";

export function memoryGround(): Ground {
  const books = new Map<string, NumberBook>();
  return {
    ...memoryStores(),
    numbers: memoryNumbers(undefined, books),
    numbersUnder: (rows) => memoryNumbers(rows, books),
    async close(number, closedUntil) {
      books.set(number, { turns: [], failures: 0, ...books.get(number), closedUntil });
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
    numbersUnder: (rows) => dynamoNumbers(table, undefined, rows),
    async close(number, closedUntil) {
      const pk = `number#${number}`;
      const values = { ":until": closedUntil };
      await table.update({ pk, update: "SET closedUntil = :until", conditions: {}, values });
    },
  };
}
