import { describe, it } from "vitest";
import { memoryTable } from "../../evidence/exploration/memory-table.ts";
import type { Item } from "../../functions/adapters/dynamodb/table.ts";
import { PORT_FACTS } from "../contract/facts/all.ts";
import { tableGround } from "../contract/facts/grounds.ts";
import { TABLE_FACTS } from "../contract/facts/tables.ts";

describe("the deployed expressions, read in memory, promise what they promise on the real engines", () => {
  it.each(Object.entries({ ...PORT_FACTS, ...TABLE_FACTS }))("%s", async (_, show) => {
    const items = new Map<string, Item>();
    const ground = {
      table: memoryTable(items),
      items: async () => [...items.values()],
      put: async (item: Item) => {
        items.set(String(item["pk"]), item);
      },
    };
    await show(tableGround(ground));
  });
});
