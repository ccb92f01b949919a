import type { Item, Table } from "../../functions/adapters/dynamodb/table.ts";
import { satisfies, updated } from "./expressions.ts";

/**
 * A table in memory that reads the expressions of the deployed stores. It leaves out the mark by which a write that the SDK repeated is known: no
 * answer gets lost here.
 */
export function memoryTable(items: Map<string, Item> = new Map()): Table {
  return {
    read: async (pk) => items.get(pk),
    async put(item) {
      items.set(String(item["pk"]), defined(item));
    },
    async update({ pk, update, conditions, values, names }) {
      const before = items.get(pk);
      const write = { values, names };
      if (!satisfies(before, Object.values(conditions), write))
        return { kind: "refused", item: before };
      const item = updated(before ?? { pk }, update, write);
      items.set(pk, item);
      return { kind: "taken", item };
    },
    async remove(pk, { conditions = {}, values = {} } = {}) {
      if (satisfies(items.get(pk), Object.values(conditions), { values })) items.delete(pk);
    },
  };
}

/** The client of the deployed table leaves out undefined values. */
function defined(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}
