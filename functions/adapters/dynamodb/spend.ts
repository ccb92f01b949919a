import { RETENTION } from "../../policy/retention.ts";
import type { ScopeKey } from "../../verification/identifiers.ts";
import type { ScopeDecrement, Unverified } from "../../verification/ports.ts";
import { sharedPlaceOf } from "../../verification/scopes.ts";
import { dayOf, type Room, type SpendCharge, type SpendStore } from "../../verification/spend.ts";
import { type Conditions, deleteAfter, type Item, type ItemKind, type Table } from "./table.ts";
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

/** Every condition of every write. `#day` and similar names are the counters of the charge. */
export const SPEND_CONDITIONS = {
  reserve: {
    "the day has room": "NOT #day > :day",
    "the hour has room": "NOT #hour > :hour",
    "the country's day has room": "NOT #countryDay > :countryDay",
    "the country's hour has room": "NOT #countryHour > :countryHour",
  },
  /** Where a stage has several apps. */
  reserveOfApp: { "the app's day has room": "NOT #appDay > :appDay" },
  giveBack: { "the day is there": "attribute_exists(pk)" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof SPEND_CONDITIONS]: Conditions };

const RECORD = "ADD #day :price, #hour :price, #countryDay :price, #countryHour :price" as const;
const RECORD_OF_APP = `${RECORD}, #appDay :price` as const;

function recordOf({ app }: SpendCharge) {
  return app === undefined ? RECORD : RECORD_OF_APP;
}

export const SPEND_ITEM: ItemKind = {
  key: "spend#<day in UTC>#<shard>",
  is: "The prices reserved for the messages of a UTC day, in millionths of the currency; and the unverified sends of the service and of each country. It holds the newest two hours",
  attributes: {
    "[known-]total": COUNTER,
    "[known-]total-<hour>": COUNTER,
    "[known-]<country>": COUNTER,
    "[known-]<country>-<hour>": COUNTER,
    "[known-]app-<name>": COUNTER,
    /** Unverified sends of an hour and of the day, with their minimum each, and all sends of both. */
    "[<country>]w<window of the day>": COUNTER,
    "[<country>]wm": COUNTER,
    "[<country>]d": COUNTER,
    "[<country>]dm": COUNTER,
    "[<country>]s<window of the day>": COUNTER,
    "[<country>]s": COUNTER,
  },
  writes: { callers: [...Object.keys(SPEND_CONDITIONS), "decrement"], operator: [] },
  ttl: `${RETENTION.spendSeconds / 86_400} days after its day`,
};

/** Counters that were found at their minimum, `least`, are left out, and found ones are added. */
export type SharedStore = Omit<SpendStore, "decrement"> & {
  readonly decrement: (decrements: readonly ScopeDecrement[], least?: Set<string>) => Promise<void>;
};

/** The counters of a day in the table: one item a day and shard, one counter a window and country. */
export function dynamoSpend(
  table: Table,
  conditions: AllConditions = SPEND_CONDITIONS,
  { add, decrement }: WindowConditions = WINDOW_CONDITIONS,
): SharedStore {
  return {
    async reserve(charge, room, windows = []) {
      const named = windows.map((window) => [window, windowNames(window.key)] as const);
      const beside = additionOf(named, add);
      const past = pastHours(charge, windows);
      const { kind, item = {} } = await table.update({
        pk: pkOf(charge),
        update: `${[recordOf(charge), ...beside.adds].join(", ")} SET ${["deleteAfter = :deleteAfter", ...beside.sets].join(", ")}${past.update}`,
        conditions: {
          ...conditions.reserve,
          ...(charge.app === undefined ? {} : conditions.reserveOfApp),
          ...beside.conditions,
        },
        names: { ...namesOf(charge), ...past.names, ...beside.names },
        values: {
          ...beside.values,
          ":price": charge.micros,
          ":day": room.day,
          ":hour": room.hour,
          ":countryDay": room.countryDay,
          ":countryHour": room.countryHour,
          ...(charge.app === undefined ? {} : { ":appDay": room.appDay }),
          ":deleteAfter": deleteAfter(Date.parse(charge.day), RETENTION.spendSeconds),
        },
      });
      const outcomeIn = kind === "taken" ? countedIn : refusalIn;
      const spent = spentIn(item, charge);
      return {
        kind,
        spent,
        windows: named.map(([window, names]) => outcomeIn(item, window, names)),
      };
    },
    async giveBack(charge) {
      await table.update({
        pk: pkOf(charge),
        update: recordOf(charge),
        conditions: conditions.giveBack,
        names: namesOf(charge),
        values: { ":price": -charge.micros },
        isRepeatable: false,
      });
    },
    async decrement(decrements, least) {
      const [first] = decrements;
      if (first === undefined) return;
      const named = decrements.map((one) => [one, windowNames(one.key)] as const);
      await subtract(table, pkOfWindow(first.key), named, decrement, least);
    },
  };
}

/** Short names: an item of 1,024 bytes is one write unit. */
function windowNames(key: ScopeKey): WindowNames {
  const { country, slot, hasDay } = sharedPlaceOf(key);
  const [counter, sends] = slotNames(country, slot);
  return {
    window: { counter, minimum: `${country}wm` },
    day: hasDay ? { counter: `${country}d`, minimum: `${country}dm` } : undefined,
    sends: { window: sends, day: `${country}s` },
  };
}

const slotNames = (country: string, slot: number) =>
  [`${country}w${slot}`, `${country}s${slot}`] as const;

/** Removes the hours before the last, of money and of windows, so that an item at the end of its day is as small as at its beginning. */
function pastHours(charge: SpendCharge, windows: readonly Unverified[]) {
  const { "#day": ofAll, "#countryDay": ofCountry } = namesOf(charge);
  const countries = windows.map(({ key }) => sharedPlaceOf(key).country);
  const names: Record<string, string> = {};
  let count = 0;
  for (let hour = 0; hour < charge.hour - 1; hour += 1) {
    const ofWindows = countries.flatMap((country) => slotNames(country, hour));
    for (const name of [hourName(ofAll, hour), hourName(ofCountry, hour), ...ofWindows])
      names[`#past${count++}`] = name;
  }
  return { update: count === 0 ? "" : ` REMOVE ${Object.keys(names).join(", ")}`, names };
}

const MONEY = /^(?:known-)?(?:(?:total|[A-Z]{2})(?:-\d{1,2})?|app-[a-z][a-z0-9-]*)$/;

/** Every counter of money of a day, its shards added up, for an operator. Of hours there are two. */
export async function readSpend(
  table: Pick<Table, "read">,
  day: string,
  shards: number,
): Promise<Readonly<Record<string, number>>> {
  const items = await Promise.all(
    Array.from({ length: shards }, (_, shard) => table.read(pkOf({ day, shard }))),
  );
  const spent: Record<string, number> = {};
  for (const [name, micros] of items.flatMap((item) => Object.entries(item ?? {}))) {
    if (MONEY.test(name) && typeof micros === "number") spent[name] = (spent[name] ?? 0) + micros;
  }
  return spent;
}

/** The unverified sends of a window that all share, on its shard, for an operator. */
export async function readShared(table: Pick<Table, "read">, key: ScopeKey): Promise<number> {
  return held(await table.read(pkOfWindow(key)), windowNames(key).window.counter);
}

function pkOfWindow(key: ScopeKey): string {
  const { dayStart, shard } = sharedPlaceOf(key);
  return pkOf({ day: dayOf(dayStart), shard });
}

function pkOf({ day, shard }: Pick<SpendCharge, "day" | "shard">): string {
  return `spend#${day}#${shard}`;
}

const hourName = (day: string, hour: number) => `${day}-${hour}`;

function namesOf({ hour, country, app, isKnown }: SpendCharge) {
  const of = isKnown === true ? "known-" : "";
  const [ofAll, ofCountry] = [`${of}total`, `${of}${country}`];
  return {
    "#day": ofAll,
    "#hour": hourName(ofAll, hour),
    "#countryDay": ofCountry,
    "#countryHour": hourName(ofCountry, hour),
    ...(app === undefined ? {} : { "#appDay": `${of}app-${app}` }),
  } as const;
}

function spentIn(item: Item, charge: SpendCharge): Room {
  const names = namesOf(charge);
  const spent = (name: keyof typeof names) => held(item, names[name] ?? "");
  return {
    day: spent("#day"),
    hour: spent("#hour"),
    countryDay: spent("#countryDay"),
    countryHour: spent("#countryHour"),
    appDay: charge.app === undefined ? undefined : spent("#appDay"),
  };
}
