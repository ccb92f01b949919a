import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeStore } from "../../verification/ports.ts";
import { type Conditions, deleteAfter, type Table } from "./table.ts";

/** Every condition of every write, by write. */
export const SCOPE_CONDITIONS = {
  add: {
    "the window has room": "NOT debt >= :floor",
    "no operator has closed it": "attribute_not_exists(closedUntil)",
  },
  credit: { "the window is there, and not paid far ahead": "debt > leastDebt" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof SCOPE_CONDITIONS]: Conditions };

/** A floor that no debt reaches. */
const NO_FLOOR = Number.MAX_SAFE_INTEGER;

const WINDOW = v.object({ debt: v.number() });

/** Unproven debt over the table: one item a window, one counter. */
export function dynamoScopes(
  table: Table,
  conditions: AllConditions = SCOPE_CONDITIONS,
): ScopeStore {
  return {
    async add({ key, floor = NO_FLOOR, leastDebt, endsAt }) {
      const { kind, item } = await table.update({
        pk: pkOf(key),
        update: "ADD debt :one SET leastDebt = :leastDebt, deleteAfter = :deleteAfter",
        conditions: conditions.add,
        values: {
          ":one": 1,
          ":floor": floor,
          ":leastDebt": leastDebt,
          ":deleteAfter": deleteAfter(endsAt, RETENTION.scopeSeconds),
        },
      });
      if (kind === "taken") return { kind: "booked", debt: v.parse(WINDOW, item).debt };
      return { kind: item?.["closedUntil"] === undefined ? "full" : "closed" };
    },
    async credit(key, amount) {
      const values = { ":less": -amount };
      await table.update({
        pk: pkOf(key),
        update: "ADD debt :less",
        conditions: conditions.credit,
        values,
      });
    },
  };
}

function pkOf(key: ScopeKey): string {
  return `scope#${key}`;
}
