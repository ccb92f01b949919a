import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeStore } from "../../verification/ports.ts";
import { type Conditions, deleteAfter, type ItemKind, type Table } from "./table.ts";

/** Every condition of every write, by write. */
export const SCOPE_CONDITIONS = {
  add: { "the window has room": "NOT unverified >= :max" },
  decrement: { "the window is there, and not paid far ahead": "unverified > minimum" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof SCOPE_CONDITIONS]: Conditions };

/** A limit that no unverified sends reaches. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

const WINDOW = v.object({ unverified: v.optional(v.number(), 0), minimum: v.optional(v.number()) });

export const SCOPE_ITEM: ItemKind = {
  key: "scope#<kind>#<pseudonym, country or all>[-<shard>]#<window>",
  is: "Unverified sends of a client, a range, a country or the service in one window",
  attributes: WINDOW.entries,
  writes: { callers: Object.keys(SCOPE_CONDITIONS), operator: [] },
  ttl: `${RETENTION.scopeSeconds / 3_600} h after the end of its window`,
};

/** Unverified sends over the table: one item a window and shard, one counter. */
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
      return kind === "taken"
        ? { kind: "counted", unverified: v.parse(WINDOW, item).unverified }
        : { kind: "full" };
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

/** What the shards of one window hold together, for an operator. */
export async function readUnverified(
  table: Pick<Table, "read">,
  shards: readonly { readonly key: ScopeKey }[],
): Promise<number> {
  const items = await Promise.all(shards.map(({ key }) => table.read(pkOf(key))));
  return items.reduce((sum, item) => sum + v.parse(WINDOW, item ?? {}).unverified, 0);
}

function pkOf(key: ScopeKey): string {
  return `scope#${key}`;
}
