import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeOutcome, ScopeStore } from "../../verification/ports.ts";
import { itemOf } from "../../verification/scopes.ts";
import { type Conditions, deleteAfter, type Item, type ItemKind, type Table } from "./table.ts";

/** Every condition of every write. `#window` is the counter of the window: `unverified`, or one of those in the item of a day. */
export const SCOPE_CONDITIONS = {
  add: {
    "the window has room": "NOT #window >= :max",
    "its day has room": "NOT unverified >= :maxOfDay",
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
const WINDOW = v.object({ unverified: COUNTER, minimum: v.optional(v.number()) });

export const SCOPE_ITEM: ItemKind = {
  key: "scope#<kind>#<pseudonym, country or all>[-<shard>]#<window or day>",
  is: "Unverified sends of a client, a range, a country or the service in one window, or in a day and each of its windows",
  attributes: {
    ...WINDOW.entries,
    minimumOfWindow: v.optional(v.number()),
    sends: v.optional(v.number()),
    "w<window of the day>": COUNTER,
    "s<window of the day>": COUNTER,
  },
  writes: { callers: Object.keys(SCOPE_CONDITIONS), operator: [] },
  ttl: `${RETENTION.scopeSeconds / 3_600} h after the end of its window, or day`,
};

/**
 * Unverified sends in the table: one item a window with one counter. If the day is counted too, one item a day with a counter for the day, one
 * for each of its windows, and two for all sends if they are counted. Each send is one write to one item.
 */
export function dynamoScopes(
  table: Table,
  conditions: AllConditions = SCOPE_CONDITIONS,
): ScopeStore {
  return {
    async add(unverified) {
      const { kind, item = {} } = await table.update(additionOf(unverified, conditions));
      return kind === "taken" ? countedIn(item, unverified) : refusalIn(item, unverified);
    },
    async decrement(key, amount, { day = amount, sends = 0 } = {}) {
      const { item, slot } = itemOf(key);
      const pk = `scope#${item}`;
      const values = { ":less": -amount, ":lessOfDay": -day, ":sends": -sends };
      if (slot === undefined) {
        const update = "ADD unverified :less";
        await table.update({ pk, update, conditions: conditions.decrement, values });
        return;
      }
      const names = namesOf(key);
      const both = await table.update({
        pk,
        update: `ADD #window :less, unverified :lessOfDay${sends > 0 ? ALL_SENDS : ""}`,
        conditions: conditions.decrementBoth,
        names: sends > 0 ? names : windowOnly(names),
        values,
      });
      if (both.kind === "refused" && both.item !== undefined)
        await decrementOne(table, conditions, { pk, names, item: both.item, values });
    },
  };
}

type Unverified = Parameters<ScopeStore["add"]>[0];

/** One send on every counter of its item. */
function additionOf(unverified: Unverified, conditions: AllConditions) {
  const { key, max = NO_LIMIT, minimum, endsAt, day } = unverified;
  const names = namesOf(key);
  const isCountingSends = day?.askFromSends !== undefined;
  const counters = day === undefined ? "#window :sends" : "#window :sends, unverified :sends";
  const minima = day === undefined ? "" : ", minimumOfWindow = :minimumOfWindow";
  return {
    pk: `scope#${itemOf(key).item}`,
    update: `ADD ${counters}${isCountingSends ? ALL_SENDS : ""} SET minimum = :minimum${minima}, deleteAfter = :deleteAfter`,
    conditions: conditions.add,
    names: isCountingSends ? names : windowOnly(names),
    values: {
      ":sends": 1,
      ":max": max,
      ":maxOfDay": day?.max ?? NO_LIMIT,
      ":minimum": (day ?? unverified).minimum,
      ":minimumOfWindow": minimum,
      ":deleteAfter": deleteAfter((day ?? { endsAt }).endsAt, RETENTION.scopeSeconds),
    },
  };
}

/** The sum over the shards of one window, for an operator. */
export async function readUnverified(
  table: Pick<Table, "read">,
  shards: readonly { readonly key: ScopeKey }[],
): Promise<number> {
  const counts = shards.map(async ({ key }) => {
    const item = await table.read(`scope#${itemOf(key).item}`);
    return held(item ?? {}, namesOf(key)["#window"]);
  });
  return (await Promise.all(counts)).reduce((sum, unverified) => sum + unverified, 0);
}

const ALL_SENDS = ", sends :sends, #sends :sends";

function windowOnly(names: Names): Pick<Names, "#window"> {
  return { "#window": names["#window"] };
}

function countedIn(item: Item, { key, day }: Unverified): ScopeOutcome {
  const names = namesOf(key);
  const unverified = held(item, names["#window"]);
  if (day === undefined) return { kind: "counted", unverified };
  const today = held(item, "unverified");
  if (day.askFromSends === undefined) return { kind: "counted", unverified, today };
  const all = { window: held(item, names["#sends"]), day: held(item, "sends") };
  return { kind: "counted", unverified, today, sends: all };
}

function refusalIn(item: Item, { day }: Unverified): ScopeOutcome {
  if (day === undefined) return { kind: "full" };
  return { kind: "full", isDayFull: held(item, "unverified") >= (day.max ?? NO_LIMIT) };
}

function held(item: Item, counter: string): number {
  return v.parse(COUNTER, item[counter]);
}

/** If one of the two counters is at its minimum, the other may not be. */
async function decrementOne(
  table: Table,
  conditions: AllConditions,
  { pk, names, item, values }: OneOfTwo,
): Promise<void> {
  const window = names["#window"];
  if (held(item, "unverified") > held(item, "minimum")) {
    const update = "ADD unverified :lessOfDay";
    await table.update({ pk, update, conditions: conditions.decrement, values });
  } else if (held(item, window) > held(item, "minimumOfWindow")) {
    const write = { update: "ADD #window :less", conditions: { open: WINDOW_OPEN } };
    await table.update({ pk, ...write, names: windowOnly(names), values });
  }
}

type OneOfTwo = {
  readonly pk: string;
  readonly names: Names;
  readonly item: Item;
  readonly values: Item;
};

/** Short names: a day has up to 144 windows, and an item of 1,024 bytes is one write unit. */
function namesOf(key: ScopeKey) {
  const { slot } = itemOf(key);
  const window = slot === undefined ? "unverified" : `w${slot}`;
  return { "#window": window, "#sends": `s${slot}` };
}

type Names = ReturnType<typeof namesOf>;
