import * as v from "valibot";
import { LIMIT_BOUNDS, LIMITS, type SendLimit } from "../../policy/limits.ts";
import { RETENTION } from "../../policy/retention.ts";
import { isSealed, type Mac } from "../../verification/identifiers.ts";
import type { NewestStore } from "../../verification/newest.ts";
import type { NumberRecord, NumberStore } from "../../verification/ports.ts";
import type { TurnLimits } from "../../verification/turns.ts";
import type { Instant } from "../../verification/verification.ts";
import {
  type Conditions,
  deleteAfter,
  type Item,
  type ItemKind,
  parsed,
  type Table,
} from "./table.ts";

/**
 * A number keeps the times of its last turns, t1 the newest. A row of the limit, at most k in w seconds, holds if the k-th newest turn is w
 * seconds old: a sliding window, without bursts at an edge. Numbered from the newest, rows can change at a deployment without loss of history.
 */
const SLOTS = Array.from({ length: LIMITS.turnsRemembered }, (_, index) => `t${index + 1}`);

/** The value of an empty slot, before all turns. */
const NEVER = 0;

/** t1 = :now, t2 = t1, …: every right-hand side is read before any is written. */
const TAKE_TURN = [
  "SET t1 = :now",
  ...SLOTS.slice(1).map((slot, index) => `${slot} = if_not_exists(${SLOTS[index]}, :never)`),
  "deleteAfter = :deleteAfter",
].join(", ");

const TAKE_TURN_WITH_TICKET = `${TAKE_TURN} ADD ticketTurns :one`;

const RETURN_TURN = `SET ${[
  ...SLOTS.slice(0, -1).map((slot, index) => `${slot} = ${SLOTS[index + 1]}`),
  `${SLOTS.at(-1)} = :never`,
].join(", ")}`;

/** An approval in between has removed the count, and then there is none to reduce. */
const RETURN_TURN_WITH_TICKET = `${RETURN_TURN}, ticketTurns = if_not_exists(ticketTurns, :one) - :one`;

/** A failed message occupies no window; its replacement does. */
const REPLACE_TURN = "SET t1 = :now, handedOn = :now, deleteAfter = :deleteAfter";
const UNDO_REPLACEMENT = "SET t1 = :failed REMOVE handedOn";

/** The condition of each row, named by the row. Each row is its own clause. */
function rowConditions(rows: readonly SendLimit[]): Conditions {
  return Object.fromEntries(
    rows.map(({ max, windowSeconds }) => [
      `at most ${max} in ${windowSeconds} seconds`,
      `NOT t${max} > :${windowSeconds}SecondsAgo`,
    ]),
  );
}

const NOT_BLOCKED = { "it is not blocked": "NOT blockedUntil > :now" } as const;
const OPEN = {
  ...NOT_BLOCKED,
  "its failures leave room or are forgotten":
    "(NOT failures >= :maxFailures OR failedAt <= :forgotten)",
} as const;

/** Every condition of every write, for these rows. */
function numberConditions({ sendsPerNumber, sendsPerNumberWithTicket }: TurnLimits) {
  return {
    takeTurn: { ...OPEN, ...rowConditions(sendsPerNumber) },
    takeTurnWithTicket: {
      ...NOT_BLOCKED,
      "the ticket is not revoked": "NOT ticketsFrom > :issuedAt",
      "the number was proven since its last few": "NOT ticketTurns >= :maxTicketTurns",
      ...rowConditions(sendsPerNumberWithTicket),
    },
    returnTurn: { "the turn is still the newest": "t1 = :turn" },
    replaceTurn: {
      ...OPEN,
      "the turn is still the newest": "t1 = :failed",
      "the turn was not handed on before": "NOT handedOn = :failed",
    },
    undoReplacement: { "the turn is still the newest": "t1 = :now" },
    addFailure: { "earlier failures are remembered": "NOT failedAt <= :forgotten" },
    restartFailures: { "earlier failures are forgotten": "failedAt <= :forgotten" },
    clearFailures: { "it is there": "attribute_exists(pk)" },
  } as const satisfies Record<string, Conditions>;
}

/** With the default limits. */
export const NUMBER_CONDITIONS = numberConditions(LIMITS);

type AllConditions = { readonly [Name in keyof typeof NUMBER_CONDITIONS]: Conditions };

/** Numbers in the table, by pseudonym. `given` is an argument so that tests can show the purpose of each condition. */
export function dynamoNumbers(
  table: Table,
  limits: TurnLimits,
  given?: AllConditions,
): NumberStore {
  const conditions = given ?? numberConditions(limits);
  return { ...turnsOver(table, conditions, limits), ...failuresOver(table, conditions) };
}

type Turns = Pick<
  NumberStore,
  "read" | "takeTurn" | "returnTurn" | "replaceTurn" | "undoReplacement"
>;

function turnsOver(table: Table, conditions: AllConditions, limits: TurnLimits): Turns {
  return {
    read: async (number) => recordOf((await table.read(pkOf(number))) ?? {}),
    async takeTurn(number, now, ticket, newest) {
      const rows = [...limits.sendsPerNumber, ...limits.sendsPerNumberWithTicket];
      const values = {
        ":now": now,
        ":issuedAt": ticket?.issuedAt ?? NEVER,
        ":one": 1,
        ":maxTicketTurns": LIMITS.ticketTurnsPerApproval,
        ":never": NEVER,
        ":maxFailures": LIMITS.consecutiveFailures,
        ":forgotten": forgotten(now),
        ":deleteAfter": deleteAfter(now, RETENTION.numberSeconds),
        ...Object.fromEntries(
          rows.map(({ windowSeconds }) => [
            `:${windowSeconds}SecondsAgo`,
            now - windowSeconds * 1_000,
          ]),
        ),
      };
      const update = {
        pk: pkOf(number),
        update: withNewest(ticket === undefined ? TAKE_TURN : TAKE_TURN_WITH_TICKET, newest),
        conditions: ticket === undefined ? conditions.takeTurn : conditions.takeTurnWithTicket,
        values: { ...values, ":newest": newest?.sealed },
        ...(newest && { names: { "#newest": NEWEST_PREFIX + newest.app } }),
      };
      return parsed(await table.update(update), recordOf);
    },
    async returnTurn(number, turn, ticket, before) {
      const values = { ":turn": turn, ":never": NEVER, ":one": 1, ":newest": before?.sealed };
      const update = ticket === undefined ? RETURN_TURN : RETURN_TURN_WITH_TICKET;
      await table.update({
        pk: pkOf(number),
        update: before && !before.sealed ? `${update} REMOVE #newest` : withNewest(update, before),
        conditions: conditions.returnTurn,
        values,
        ...(before && { names: { "#newest": NEWEST_PREFIX + before.app } }),
      });
    },
    async replaceTurn(number, { failed, now }) {
      const values = {
        ":now": now,
        ":failed": failed,
        ":maxFailures": LIMITS.consecutiveFailures,
        ":forgotten": forgotten(now),
        ":deleteAfter": deleteAfter(now, RETENTION.numberSeconds),
      };
      const write = { update: REPLACE_TURN, conditions: conditions.replaceTurn, values };
      return parsed(await table.update({ pk: pkOf(number), ...write }), recordOf);
    },
    async undoReplacement(number, { failed, now }) {
      const values = { ":now": now, ":failed": failed };
      const write = { update: UNDO_REPLACEMENT, conditions: conditions.undoReplacement, values };
      await table.update({ pk: pkOf(number), ...write });
    },
  };
}

const NEWEST_PREFIX = "newest-";

/** The newest verification of an app beside the turn, in the same write. */
function withNewest(update: string, newest: { readonly app: string } | undefined): string {
  return newest === undefined ? update : update.replace("SET ", "SET #newest = :newest, ");
}

/** The newest verifications of numbers over the table, by app. */
export function dynamoNewest(table: Pick<Table, "read">): NewestStore {
  return {
    async readNewest(number, app) {
      const item = await table.read(pkOf(number));
      return v.parse(NEWEST, item?.[NEWEST_PREFIX + app]);
    },
  };
}

function failuresOver(
  table: Table,
  conditions: AllConditions,
): Pick<NumberStore, "addFailure" | "clearFailures"> {
  return {
    async addFailure(number, now) {
      const values = {
        ":one": 1,
        ":now": now,
        ":forgotten": forgotten(now),
        ":deleteAfter": deleteAfter(now, RETENTION.numberSeconds),
      };
      const add = {
        pk: pkOf(number),
        update: ADD_FAILURE,
        conditions: conditions.addFailure,
        values,
      };
      const restart = { ...add, update: RESTART_FAILURES, conditions: conditions.restartFailures };
      // Two callers may meet after the thirty days: one restarts the count, and the other finds it restarted and adds.
      for (const write of [add, restart, add]) {
        if ((await table.update(write)).kind === "taken") return;
      }
      throw new Error("a failure could not be booked");
    },
    async clearFailures(number, now) {
      const update =
        "REMOVE failures, failedAt, ticketTurns SET provenAt = if_not_exists(provenAt, :now)";
      const write = { update, conditions: conditions.clearFailures };
      await table.update({ pk: pkOf(number), ...write, values: { ":now": now } });
    },
  };
}

const ADD_FAILURE = "ADD failures :one SET failedAt = :now, deleteAfter = :deleteAfter";
const RESTART_FAILURES = "SET failures = :one, failedAt = :now, deleteAfter = :deleteAfter";

const NUMBER_OPERATIONS = {
  block: { "it is not blocked for longer already": "NOT blockedUntil > :until" },
  unblock: { "it is blocked": "blockedUntil > :now" },
  unlock: { "it has failures": "attribute_exists(failures)" },
  revoke: { "nothing later is revoked": "NOT ticketsFrom > :now" },
  erase: { "nothing is revoked": "attribute_not_exists(ticketsFrom)" },
  eraseRest: { "something is revoked": "attribute_exists(ticketsFrom)" },
} as const satisfies Record<string, Conditions>;

type Block = { readonly until: Instant; readonly because: string };
const KEPT = new Set(["pk", "ticketsFrom", "deleteAfter", "writtenBy"]);

export function numberOperations(table: Table) {
  return {
    async read(number: Mac) {
      const item = await table.read(pkOf(number));
      const { turns, failures, failedAt, ticketsFrom } = recordOf(item ?? {});
      const record = { turns: [...turns], failures, failedAt, ticketsFrom };
      return { isKnown: item !== undefined, ...record, block: blockOf(item) };
    },
    /** Blocks the number, or returns the longer block that exists. Every later write keeps the item past the end of a block of thirty days. */
    async block(number: Mac, { until, because }: Block, now: Instant) {
      const write = await table.update({
        pk: pkOf(number),
        update: "SET blockedUntil = :until, blockedBecause = :because, deleteAfter = :deleteAfter",
        conditions: NUMBER_OPERATIONS.block,
        values: {
          ":until": until,
          ":because": because,
          ":deleteAfter": deleteAfter(now, RETENTION.numberSeconds),
        },
      });
      return write.kind === "taken" ? undefined : blockOf(write.item);
    },
    /** Returns the block that it ends. */
    async unblock(number: Mac, now: Instant) {
      const update = "REMOVE blockedUntil, blockedBecause";
      const write = { pk: pkOf(number), update, conditions: NUMBER_OPERATIONS.unblock };
      const values = { ":now": now };
      const { kind, item } = await table.update({ ...write, values, returns: "ALL_OLD" });
      return kind === "taken" ? blockOf(item) : undefined;
    },
    /** Returns how many failures it removes. */
    async unlock(number: Mac) {
      const write = { update: "REMOVE failures, failedAt", conditions: NUMBER_OPERATIONS.unlock };
      const whole = { pk: pkOf(number), ...write, values: {}, returns: "ALL_OLD" } as const;
      return recordOf((await table.update(whole)).item ?? {}).failures;
    },
    /** Revokes tickets from before `now`. The item outlives every ticket that it revokes. */
    async revokeTickets(number: Mac, now: Instant) {
      await table.update({
        pk: pkOf(number),
        update: "SET ticketsFrom = :now, deleteAfter = :deleteAfter",
        conditions: NUMBER_OPERATIONS.revoke,
        values: {
          ":now": now,
          ":deleteAfter": deleteAfter(now, LIMIT_BOUNDS.ticketLifetimeSeconds.max),
        },
      });
    },
    /** Keeps a revocation: without it the revoked tickets would be valid again. */
    async erase(number: Mac) {
      const pk = pkOf(number);
      await table.remove(pk, { conditions: NUMBER_OPERATIONS.erase });
      const left = Object.keys((await table.read(pk)) ?? {}).filter((name) => !KEPT.has(name));
      const names = Object.fromEntries(left.map((name, index) => [`#erased${index}`, name]));
      const update = `REMOVE ${Object.keys(names).join(", ")}`;
      const rest = { update, conditions: NUMBER_OPERATIONS.eraseRest, names, values: {} };
      if (left.length > 0) await table.update({ pk, ...rest });
    },
  } as const;
}

function blockOf(item: Item | undefined): Block | undefined {
  const { blockedUntil, blockedBecause = "" } = v.parse(RECORD, item ?? {});
  return blockedUntil === undefined ? undefined : { until: blockedUntil, because: blockedBecause };
}

function forgotten(now: number): number {
  return now - LIMITS.failureMemorySeconds * 1_000;
}

function pkOf(number: Mac): string {
  return `number#${number}`;
}

const SEALED = v.pipe(v.string(), v.guard(isSealed));
const NEWEST = v.optional(SEALED);
const TURN = v.optional(v.number(), NEVER);
const RECORD = v.object({
  failures: v.optional(v.number(), 0),
  failedAt: v.optional(v.number()),
  ticketTurns: v.optional(v.number()),
  handedOn: v.optional(v.number()),
  provenAt: v.optional(v.number()),
  blockedUntil: v.optional(v.number()),
  blockedBecause: v.optional(v.string()),
  ticketsFrom: v.optional(v.number()),
});

export const NUMBER_ITEM: ItemKind = {
  key: "number#<pseudonym>",
  is: "The turns, the failures and the block of a number",
  attributes: {
    ...RECORD.entries,
    ...Object.fromEntries(SLOTS.map((slot) => [slot, TURN])),
    [`${NEWEST_PREFIX}<app>`]: NEWEST,
  },
  writes: { callers: Object.keys(NUMBER_CONDITIONS), operator: Object.keys(NUMBER_OPERATIONS) },
  ttl: `${RETENTION.numberSeconds / 86_400} days after its last write`,
};

/** By app, as they are stored. */
function newestIn(item: Item): NumberRecord["newest"] {
  const apps = Object.keys(item).filter((name) => name.startsWith(NEWEST_PREFIX));
  if (apps.length === 0) return undefined;
  return Object.fromEntries(
    apps.map((name) => [name.slice(NEWEST_PREFIX.length), v.parse(SEALED, item[name])]),
  );
}

function recordOf(item: Item): NumberRecord {
  const turns = SLOTS.map((slot) => v.parse(TURN, item[slot]));
  const { blockedBecause: _, ...record } = v.parse(RECORD, item);
  return { ...record, turns: turns.filter((turn) => turn > NEVER), newest: newestIn(item) };
}
