import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeStore } from "../../verification/ports.ts";
import { isShared, itemOf } from "../../verification/scopes.ts";
import { readShared } from "./spend.ts";
import { deleteAfter, type ItemKind, type Table } from "./table.ts";
import {
  additionOf,
  COUNTER,
  countedIn,
  held,
  refusalIn,
  subtract,
  WINDOW_CONDITIONS,
  type WindowConditions,
  type WindowNames,
} from "./windows.ts";

export const SCOPE_ITEM: ItemKind = {
  key: "scope#<kind>#<pseudonym>#<window or day>",
  is: "Unverified sends of a client or a range in one window, or in a day and each of its windows",
  attributes: {
    unverified: COUNTER,
    minimum: COUNTER,
    minimumOfWindow: COUNTER,
    "w<window of the day>": COUNTER,
  },
  writes: { callers: Object.keys(WINDOW_CONDITIONS), operator: [] },
  ttl: `${RETENTION.scopeSeconds / 3_600} h after the end of its window, or day`,
};

/**
 * Unverified sends in the table: one item a window with one counter. If the day is counted too, one item a day with a counter for the day and one
 * for each of its windows. Each send is one write to one item.
 */
export function dynamoScopes(
  table: Table,
  conditions: WindowConditions = WINDOW_CONDITIONS,
): ScopeStore {
  return {
    async add(unverified) {
      const { key, endsAt, day } = unverified;
      const names = namesOf(key);
      const { adds, sets, ...parts } = additionOf([[unverified, names]], conditions.add);
      const end = deleteAfter((day ?? { endsAt }).endsAt, RETENTION.scopeSeconds);
      const { kind, item = {} } = await table.update({
        ...parts,
        pk: pkOf(key),
        update: `ADD ${adds.join(", ")} SET ${sets.join(", ")}, deleteAfter = :deleteAfter`,
        values: { ...parts.values, ":deleteAfter": end },
      });
      if (kind === "taken") return countedIn(item, unverified, names);
      const refusal = refusalIn(item, unverified, names);
      // A window that ended between the refusal and the look at it was full.
      return refusal.kind === "open" ? { kind: "full" } : refusal;
    },
    async decrement(one) {
      const { key } = one;
      await subtract(table, pkOf(key), [[one, namesOf(key)]], conditions.decrement);
    },
  };
}

/** The sum over the shards of one window, for an operator. */
export async function readUnverified(
  table: Pick<Table, "read">,
  shards: readonly { readonly key: ScopeKey }[],
): Promise<number> {
  const counts = shards.map(async ({ key }) =>
    isShared(key)
      ? readShared(table, key)
      : held(await table.read(pkOf(key)), namesOf(key).window.counter),
  );
  return (await Promise.all(counts)).reduce((sum, unverified) => sum + unverified, 0);
}

function pkOf(key: ScopeKey): string {
  return `scope#${itemOf(key).item}`;
}

/** Short names: a day has up to 144 windows, and an item of 1,024 bytes is one write unit. */
function namesOf(key: ScopeKey): WindowNames {
  const { slot } = itemOf(key);
  const only = { counter: "unverified", minimum: "minimum" };
  return slot === undefined
    ? { window: only }
    : { window: { counter: `w${slot}`, minimum: "minimumOfWindow" }, day: only };
}
