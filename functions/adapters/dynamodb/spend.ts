import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { Room, SpendCharge, SpendStore } from "../../verification/spend.ts";
import { type Conditions, deleteAfter, type Item, type ItemKind, type Table } from "./table.ts";

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

const MICROS = v.optional(v.number(), 0);

const RECORD = "ADD #day :price, #hour :price, #countryDay :price, #countryHour :price" as const;
const RECORD_OF_APP = `${RECORD}, #appDay :price` as const;

function recordOf({ app }: SpendCharge) {
  return app === undefined ? RECORD : RECORD_OF_APP;
}

export const SPEND_ITEM: ItemKind = {
  key: "spend#<day in UTC>#<shard>",
  is: "What the messages of a UTC day were reserved at, in millionths of the currency; of hours, the last two",
  attributes: {
    total: MICROS,
    "total-<hour>": MICROS,
    "<country>": MICROS,
    "<country>-<hour>": MICROS,
    "app-<name>": MICROS,
    "known-app-<name>": MICROS,
    "known-total": MICROS,
    "known-total-<hour>": MICROS,
    "known-<country>": MICROS,
    "known-<country>-<hour>": MICROS,
  },
  writes: { callers: Object.keys(SPEND_CONDITIONS), operator: [] },
  ttl: `${RETENTION.spendSeconds / 86_400} days after its day`,
};

/** The money of a day in the table: one item a day and shard, one counter a window and country. */
export function dynamoSpend(
  table: Table,
  conditions: AllConditions = SPEND_CONDITIONS,
): SpendStore {
  return {
    async reserve(charge, room) {
      const past = pastHours(charge);
      const { kind, item } = await table.update({
        pk: pkOf(charge),
        update: `${recordOf(charge)} SET deleteAfter = :deleteAfter${past.update}`,
        conditions: {
          ...conditions.reserve,
          ...(charge.app === undefined ? {} : conditions.reserveOfApp),
        },
        names: { ...namesOf(charge), ...past.names },
        values: {
          ":price": charge.micros,
          ":day": room.day,
          ":hour": room.hour,
          ":countryDay": room.countryDay,
          ":countryHour": room.countryHour,
          ...(charge.app === undefined ? {} : { ":appDay": room.appDay }),
          ":deleteAfter": deleteAfter(Date.parse(charge.day), RETENTION.spendSeconds),
        },
      });
      return { kind, spent: spentIn(item, charge) };
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
  };
}

/** Removes the hours before the last, so that an item at the end of its day is as small as at its beginning: 1,024 bytes are one write unit. */
function pastHours(charge: SpendCharge) {
  const hours = Array.from({ length: Math.max(0, charge.hour - 1) }, (_, hour) => hour);
  const past = hours.flatMap((hour) => {
    const { "#hour": ofAll, "#countryHour": ofCountry } = namesOf({ ...charge, hour });
    return [ofAll, ofCountry];
  });
  const names = Object.fromEntries(past.map((name, index) => [`#past${index}`, name]));
  return { update: past.length === 0 ? "" : ` REMOVE ${Object.keys(names).join(", ")}`, names };
}

const COUNTER = /^(?:known-)?(?:(?:total|[A-Z]{2})(?:-\d{1,2})?|app-[a-z][a-z0-9-]*)$/;

/** Every counter of a day, its shards added up, for an operator. */
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
    if (COUNTER.test(name) && typeof micros === "number") spent[name] = (spent[name] ?? 0) + micros;
  }
  return spent;
}

function pkOf({ day, shard }: Pick<SpendCharge, "day" | "shard">): string {
  return `spend#${day}#${shard}`;
}

function namesOf({ hour, country, app, isKnown }: SpendCharge) {
  const of = isKnown === true ? "known-" : "";
  return {
    "#day": `${of}total`,
    "#hour": `${of}total-${hour}`,
    "#countryDay": `${of}${country}`,
    "#countryHour": `${of}${country}-${hour}`,
    ...(app === undefined ? {} : { "#appDay": `${of}app-${app}` }),
  } as const;
}

function spentIn(item: Item | undefined, charge: SpendCharge): Room {
  const names = namesOf(charge);
  const held = (name: keyof typeof names) => v.parse(MICROS, item?.[names[name] ?? ""]);
  return {
    day: held("#day"),
    hour: held("#hour"),
    countryDay: held("#countryDay"),
    countryHour: held("#countryHour"),
    appDay: charge.app === undefined ? undefined : held("#appDay"),
  };
}
