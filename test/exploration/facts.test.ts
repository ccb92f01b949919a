import { describe, expect, it } from "vitest";
import type { Item } from "../../functions/adapters/dynamodb/table.ts";
import { PORT_FACTS } from "../contract/facts/all.ts";
import { tableGround } from "../contract/facts/ground.ts";
import { TABLE_FACTS } from "../contract/facts/tables.ts";
import { allClauses, type Clause, clauseName } from "../support/engine-stores.ts";
import { memoryTable } from "../support/memory-table.ts";

const FACTS = Object.entries({ ...PORT_FACTS, ...TABLE_FACTS });

function aGround(removed?: Clause) {
  const items = new Map<string, Item>();
  const put = async (item: Item) => {
    items.set(String(item["pk"]), item);
  };
  return tableGround(
    { table: memoryTable(items), items: async () => [...items.values()], put },
    removed,
  );
}

describe("the deployed expressions, read in memory, promise what they promise on the real engines", () => {
  it.each(FACTS)("%s", async (_, show) => {
    await show(aGround());
  });
});

describe("every condition of every write is needed: some fact is none without it", () => {
  it.each(allClauses().map((clause) => [clauseName(clause), clause] as const))(
    "%s",
    async (_, clause) => {
      for (const [, show] of FACTS) {
        const fault: unknown = await show(aGround(clause)).catch((thrown: unknown) => thrown);
        if (fault === undefined) continue;
        expect(fault).not.toHaveProperty("name", "ValidationException");
        return;
      }
      expect.unreachable("every fact holds without it");
    },
  );
});
