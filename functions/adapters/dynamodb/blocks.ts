import * as v from "valibot";
import { LIMITS } from "../../policy/limits.ts";
import { RETENTION } from "../../policy/retention.ts";
import type { Mac } from "../../verification/identifiers.ts";
import type { ScopeWindow } from "../../verification/scopes.ts";
import type { Instant } from "../../verification/verification.ts";
import { type Conditions, deleteAfter, type Item, type Table } from "./table.ts";

/** Every condition of every write, by write. */
export const CLOSING_CONDITIONS = {
  close: { "it is not closed for longer already": "NOT blockedUntil > :until" },
  open: { "it is closed": "attribute_exists(blockedUntil)" },
  unlock: { "it has failures": "attribute_exists(failures)" },
  pause: { "sending is not paused": "NOT paused = :true" },
  resume: { "sending is paused": "paused = :true" },
  revoke: { "nothing later is revoked": "NOT ticketsFrom > :now" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof CLOSING_CONDITIONS]: Conditions };

const CLOSE =
  "SET blockedUntil = :until, blockedBecause = :because, deleteAfter = :deleteAfter" as const;
const OPEN = "REMOVE blockedUntil, blockedBecause";
const UNLOCK = "REMOVE failures, failedAt";
const PAUSE = "SET paused = :true, pausedAt = :now, pausedBecause = :because";
const RESUME = "SET paused = :false REMOVE pausedAt, pausedBecause";
const REVOKE = "SET ticketsFrom = :now";
const REVOKE_OF_NUMBER = `${REVOKE}, deleteAfter = :deleteAfter`;
const SWITCH = "switch#sending";

/** Writes at a time to the windows of a client: as many as the SDK has sockets. */
const WRITES_AT_ONCE = 50;

type Block = { readonly until: Instant; readonly because: string };

const NOT_BLOCKED = v.object({
  blockedUntil: v.optional(v.number()),
  blockedBecause: v.optional(v.string(), ""),
});
const RECORD = v.object({
  failures: v.optional(v.number(), 0),
  failedAt: v.optional(v.number()),
  ticketsFrom: v.optional(v.number()),
});
const WINDOW = v.object({ unverified: v.optional(v.number(), 0) });
const PAUSED = v.object({
  paused: v.optional(v.boolean(), false),
  pausedAt: v.optional(v.number()),
  pausedBecause: v.optional(v.string(), ""),
});

type Windows = readonly [ScopeWindow, ...ScopeWindow[]];

/** What an operator does to numbers, clients and the switch. The same items that starts write and read anyway, so that a start asks for nothing more. */
export type Blocks = ReturnType<typeof dynamoBlocks>;

export function dynamoBlocks(table: Table, conditions: AllConditions = CLOSING_CONDITIONS) {
  return {
    ...numberBlocks(table, conditions),
    ...windowBlocks(table, conditions),
    ...sendingPauses(table, conditions),
    ...ticketRevocations(table, conditions),
    readSpend: (day: string, shards: number) => readSpend(table, day, shards),
  } as const;
}

/** Closes one item, or tells the longer block that stands. */
async function close(
  table: Table,
  conditions: AllConditions,
  { pk, until, because, keptUntil }: Block & { readonly pk: string; readonly keptUntil: number },
): Promise<Block | undefined> {
  const values = { ":until": until, ":because": because, ":deleteAfter": keptUntil };
  const write = await table.update({ pk, update: CLOSE, conditions: conditions.close, values });
  return write.kind === "taken" ? undefined : blockOf(write.item);
}

async function open(table: Table, conditions: AllConditions, pk: string): Promise<void> {
  await table.update({ pk, update: OPEN, conditions: conditions.open, values: {} });
}

function numberBlocks(table: Table, conditions: AllConditions) {
  return {
    async readNumber(number: Mac) {
      const item = await table.read(numberPk(number));
      return { ...recordOf(item), block: blockOf(item) };
    },
    /** Every later write of a start or a check keeps the item thirty days from then, and so past the end of a block of thirty days. */
    closeNumber: (number: Mac, block: Block, now: Instant) =>
      close(table, conditions, {
        ...block,
        pk: numberPk(number),
        keptUntil: deleteAfter(now, RETENTION.numberSeconds),
      }),
    openNumber: (number: Mac) => open(table, conditions, numberPk(number)),
    async unlock(number: Mac) {
      const pk = numberPk(number);
      await table.update({ pk, update: UNLOCK, conditions: conditions.unlock, values: {} });
    },
    erase: (number: Mac) => table.remove(numberPk(number)),
  } as const;
}

function windowBlocks(table: Table, conditions: AllConditions) {
  return {
    /** What the shards of one window owe together; a closing is that of the first. */
    async readWindows(windows: Windows) {
      const items = await Promise.all(windows.map((window) => table.read(scopePk(window))));
      const counts = items.map((item) => v.parse(WINDOW, item ?? {}).unverified);
      return {
        unverified: counts.reduce((sum, unverified) => sum + unverified, 0),
        block: blockOf(items[0]),
      };
    },
    /** The first window goes first: it is the one that says how far the others are closed. */
    async closeWindows([first, ...later]: Windows, block: Block) {
      const write = (window: ScopeWindow) =>
        close(table, conditions, {
          ...block,
          pk: scopePk(window),
          keptUntil: deleteAfter(window.endsAt, RETENTION.scopeSeconds),
        });
      const switchState = await write(first);
      if (switchState === undefined) await inBatches(later, write);
      return switchState;
    },
    /** The first window goes last: while it is closed, the command can be given again. */
    async openWindows([first, ...later]: Windows) {
      await inBatches(later, (window) => open(table, conditions, scopePk(window)));
      await open(table, conditions, scopePk(first));
    },
  } as const;
}

function sendingPauses(table: Table, conditions: AllConditions) {
  return {
    /** Pauses sending, or tells the pause that stands. */
    async pause(because: string, now: Instant) {
      const values = { ":true": true, ":now": now, ":because": because };
      const write = { pk: SWITCH, update: PAUSE, conditions: conditions.pause, values };
      const { kind, item } = await table.update(write);
      return kind === "taken" ? undefined : pauseOf(item);
    },
    /** Ends the pause, and tells it. */
    async resume() {
      const before = pauseOf(await table.read(SWITCH));
      const values = { ":true": true, ":false": false };
      await table.update({ pk: SWITCH, update: RESUME, conditions: conditions.resume, values });
      return before;
    },
  } as const;
}

/** Tickets from before `now` are worth nothing from then on. The item of a number outlives every ticket that it could have to refuse. */
function ticketRevocations(table: Table, conditions: AllConditions) {
  const revoke = (pk: string, update: string, values: Item) =>
    table.update({ pk, update, conditions: conditions.revoke, values });
  return {
    async revokeTickets(number: Mac, now: Instant) {
      const keptUntil = deleteAfter(now, LIMITS.ticketLifetimeSeconds);
      await revoke(numberPk(number), REVOKE_OF_NUMBER, { ":now": now, ":deleteAfter": keptUntil });
    },
    async revokeAllTickets(now: Instant) {
      await revoke(SWITCH, REVOKE, { ":now": now });
    },
  } as const;
}

/** Known numbers have counters of their own, and are part of the same bill. */
const COUNTER = /^(?:known-)?((?:total|[A-Z]{2})(?:-\d{1,2})?)$/;

/** Every counter of a day, its shards added up. */
async function readSpend(
  table: Table,
  day: string,
  shards: number,
): Promise<Readonly<Record<string, number>>> {
  const pks = Array.from({ length: shards }, (_, shard) => `spend#${day}#${shard}`);
  const items = await Promise.all(pks.map((pk) => table.read(pk)));
  const spent: Record<string, number> = {};
  for (const [name, micros] of items.flatMap((item) => Object.entries(item ?? {}))) {
    const counter = COUNTER.exec(name)?.[1];
    if (counter !== undefined && typeof micros === "number")
      spent[counter] = (spent[counter] ?? 0) + micros;
  }
  return spent;
}

function numberPk(number: Mac): string {
  return `number#${number}`;
}

function scopePk({ key }: ScopeWindow): string {
  return `scope#${key}`;
}

function blockOf(item: Item | undefined): Block | undefined {
  const { blockedUntil, blockedBecause } = v.parse(NOT_BLOCKED, item ?? {});
  return blockedUntil === undefined ? undefined : { until: blockedUntil, because: blockedBecause };
}

function recordOf(item: Item | undefined) {
  const slots = Array.from({ length: LIMITS.turnsRemembered }, (_, index) => `t${index + 1}`);
  const turns = slots.map((slot) => v.parse(v.optional(v.number(), 0), item?.[slot]));
  return {
    isKnown: item !== undefined,
    turns: turns.filter((turn) => turn > 0),
    ...v.parse(RECORD, item ?? {}),
  };
}

function pauseOf(item: Item | undefined) {
  const { paused, pausedAt, pausedBecause } = v.parse(PAUSED, item ?? {});
  return paused ? { since: pausedAt, because: pausedBecause } : undefined;
}

async function inBatches<Element>(
  elements: readonly Element[],
  write: (element: Element) => Promise<unknown>,
): Promise<void> {
  await Promise.all(elements.slice(0, WRITES_AT_ONCE).map(write));
  const later = elements.slice(WRITES_AT_ONCE);
  if (later.length > 0) await inBatches(later, write);
}
