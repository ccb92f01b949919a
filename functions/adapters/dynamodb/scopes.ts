import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeStore } from "../../verification/ports.ts";
import { itemOf } from "../../verification/scopes.ts";
import { type Conditions, deleteAfter, type Item, type Table } from "./table.ts";

/** Every condition of every write, by write. `#window` is the counter of the window: `unverified`, or one of those in the item of a day. */
export const SCOPE_CONDITIONS = {
  add: {
    "the window has room": "NOT #window >= :max",
    "its day has room": "NOT unverified >= :maxOfDay",
    "no operator has closed it": "attribute_not_exists(blockedUntil)",
  },
  decrement: { "the window is there, and not paid far ahead": "unverified > minimum" },
  decrementBoth: {
    "the window is there, and not paid far ahead": "#window > minimumOfWindow",
    "the day is not paid far ahead": "unverified > minimum",
  },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof SCOPE_CONDITIONS]: Conditions };

const WINDOW_OPEN = SCOPE_CONDITIONS.decrementBoth["the window is there, and not paid far ahead"];

/** A limit that no unverified sends reaches. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

const COUNTER = v.optional(v.number(), 0);

/**
 * Unverified sends over the table: one item a window with one counter; or, where the day is counted as well, one item a day with a counter for the
 * day, one for each of its windows, and where they are counted two for all sends. Each send is one write to one item.
 */
export function dynamoScopes(
  table: Table,
  conditions: AllConditions = SCOPE_CONDITIONS,
): ScopeStore {
  return {
    async add({ key, max = NO_LIMIT, minimum, endsAt, day, sends = 1 }) {
      const names = namesOf(key);
      const isCountingSends = day?.askFromSends !== undefined;
      const { kind, item } = await table.update({
        pk: `scope#${itemOf(key).item}`,
        update: addUpdate(day !== undefined, isCountingSends),
        conditions: conditions.add,
        names: isCountingSends ? names : { "#window": names["#window"] },
        values: {
          ":sends": sends,
          ":max": max,
          ":maxOfDay": day?.max ?? NO_LIMIT,
          ":minimum": day?.minimum ?? minimum,
          ":minimumOfWindow": minimum,
          ":deleteAfter": deleteAfter(day?.endsAt ?? endsAt, RETENTION.scopeSeconds),
        },
      });
      const held = (name: string) => v.parse(COUNTER, item?.[name]);
      if (kind === "refused") {
        if (item?.["blockedUntil"] !== undefined) return { kind: "blocked" };
        const isDayFull = day?.max !== undefined && held("unverified") >= day.max;
        return day === undefined ? { kind: "full" } : { kind: "full", isDayFull };
      }
      const unverified = held(names["#window"]);
      if (sends === 0) return { kind: "counted", unverified, isBooked: false };
      if (day === undefined) return { kind: "counted", unverified };
      const today = held("unverified");
      if (!isCountingSends) return { kind: "counted", unverified, today };
      const all = { window: held(names["#sends"]), day: held("sends") };
      return { kind: "counted", unverified, today, sends: all };
    },
    async decrement(key, amount, { day = amount, sends = 0 } = {}) {
      const { item: name, slot } = itemOf(key);
      const pk = `scope#${name}`;
      const values = { ":less": -amount, ":lessOfDay": -day, ":sends": -sends };
      const update = "ADD unverified :less";
      if (slot === undefined) {
        await table.update({ pk, update, conditions: conditions.decrement, values });
        return;
      }
      const names = namesOf(key);
      const isCountingSends = sends > 0;
      const both = await table.update({
        pk,
        update: `ADD #window :less, unverified :lessOfDay${isCountingSends ? ", sends :sends, #sends :sends" : ""}`,
        conditions: conditions.decrementBoth,
        names: isCountingSends ? names : { "#window": names["#window"] },
        values,
      });
      if (both.kind === "refused" && both.item !== undefined)
        await decrementOne({ pk, names, item: both.item, values });
    },
  };

  /** Where one of the two is paid far ahead, the other may not be. */
  async function decrementOne({ pk, names, item, values }: OneOfTwo): Promise<void> {
    const window = names["#window"];
    const isAbove = (counter: string, minimum: string) =>
      v.parse(COUNTER, item[counter]) > v.parse(COUNTER, item[minimum]);
    if (isAbove("unverified", "minimum"))
      await table.update({
        pk,
        update: "ADD unverified :lessOfDay",
        conditions: conditions.decrement,
        values,
      });
    else if (isAbove(window, "minimumOfWindow"))
      await table.update({
        pk,
        update: "ADD #window :less",
        conditions: { open: WINDOW_OPEN },
        names: { "#window": window },
        values,
      });
  }
}

type OneOfTwo = {
  readonly pk: string;
  readonly names: ReturnType<typeof namesOf>;
  readonly item: Item;
  readonly values: Item;
};

function addUpdate(hasDay: boolean, isCountingSends: boolean): string {
  const counted = [
    "#window :sends",
    ...(hasDay ? ["unverified :sends"] : []),
    ...(isCountingSends ? ["sends :sends", "#sends :sends"] : []),
  ];
  const minima = hasDay
    ? "minimum = :minimum, minimumOfWindow = :minimumOfWindow"
    : "minimum = :minimum";
  return `ADD ${counted.join(", ")} SET ${minima}, deleteAfter = :deleteAfter`;
}

/** Short names: the windows of a day are up to 144, and an item of 1,024 bytes is one unit to write. */
function namesOf(key: ScopeKey) {
  const { slot } = itemOf(key);
  const window = slot === undefined ? "unverified" : `w${slot}`;
  return { "#window": window, "#sends": `s${slot}` };
}
