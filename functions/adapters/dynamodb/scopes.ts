import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeStore } from "../../verification/ports.ts";
import { type Conditions, deleteAfter, type Table } from "./table.ts";

/** Every condition of every write, by write. */
export const SCOPE_CONDITIONS = {
  add: {
    "the window has room": "NOT unverified >= :max",
    "no operator has closed it": "attribute_not_exists(blockedUntil)",
  },
  decrement: { "the window is there, and not paid far ahead": "unverified > minimum" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof SCOPE_CONDITIONS]: Conditions };

/** A limit that no unverified sends reaches. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

const WINDOW = v.object({ unverified: v.number() });

/** Unverified sends over the table: one item a window, one counter. */
export function dynamoScopes(
  table: Table,
  conditions: AllConditions = SCOPE_CONDITIONS,
): ScopeStore {
  return {
    async add({ key, max = NO_LIMIT, minimum, endsAt }) {
      const { kind, item } = await table.update({
        pk: pkOf(key),
        update: "ADD unverified :one SET minimum = :minimum, deleteAfter = :deleteAfter",
        conditions: conditions.add,
        values: {
          ":one": 1,
          ":max": max,
          ":minimum": minimum,
          ":deleteAfter": deleteAfter(endsAt, RETENTION.scopeSeconds),
        },
      });
      if (kind === "taken")
        return { kind: "counted", unverified: v.parse(WINDOW, item).unverified };
      return { kind: item?.["blockedUntil"] === undefined ? "full" : "blocked" };
    },
    async decrement(key, amount) {
      const values = { ":less": -amount };
      await table.update({
        pk: pkOf(key),
        update: "ADD unverified :less",
        conditions: conditions.decrement,
        values,
      });
    },
  };
}

function pkOf(key: ScopeKey): string {
  return `scope#${key}`;
}
