import * as v from "valibot";
import { LIMITS, type SendLimit } from "../../policy/limits.ts";
import { RETENTION } from "../../policy/retention.ts";
import type { Mac } from "../../verification/identifiers.ts";
import type { NumberRecord, NumberStore } from "../../verification/ports.ts";
import { type Conditions, deleteAfter, type Item, parsed, type Table } from "./table.ts";

/**
 * A number keeps the times of its last turns, t1 the newest. A row of the limit, at most k in w seconds, holds exactly when the k-th newest
 * is w old: no window has an edge to burst at. Numbered from the newest, rows can change at a deploy and lose no history.
 */
const SLOTS = Array.from({ length: LIMITS.turnsRemembered }, (_, index) => `t${index + 1}`);

/** Before all turns: a slot that has none yet. */
const NEVER = 0;

/** t1 = :now, t2 = t1, …: every right-hand side is read before any is written. */
const TAKE_TURN = [
  "SET t1 = :now",
  ...SLOTS.slice(1).map((slot, index) => `${slot} = if_not_exists(${SLOTS[index]}, :never)`),
  "deleteAfter = :deleteAfter",
].join(", ");

/** It is not given back with the turn: who cannot be sent anything is a stranger a little sooner, until he proves. */
const TAKE_TURN_WITH_TICKET = `${TAKE_TURN} ADD ticketTurns :one`;

const RETURN_TURN = `SET ${[
  ...SLOTS.slice(0, -1).map((slot, index) => `${slot} = ${SLOTS[index + 1]}`),
  `${SLOTS.at(-1)} = :never`,
].join(", ")}`;

/** A message that failed takes no place in any window: the one that goes out in its stead does. */
const REPLACE_TURN = "SET t1 = :now, handedOn = :now, deleteAfter = :deleteAfter";
const UNDO_REPLACEMENT = "SET t1 = :failed REMOVE handedOn";

/** The condition of each row, under the row. No row can be left out: each is its own clause. */
function rowConditions(rows: readonly SendLimit[]): Conditions {
  return Object.fromEntries(
    rows.map(({ max, windowSeconds }) => [
      `at most ${max} in ${windowSeconds} seconds`,
      `NOT t${max} > :${windowSeconds}SecondsAgo`,
    ]),
  );
}

/** The rows of a turn without a ticket, and with one. */
type TurnRows = {
  readonly withoutTicket: readonly SendLimit[];
  readonly withTicket: readonly SendLimit[];
};

const ROWS: TurnRows = {
  withoutTicket: LIMITS.sendsPerNumber,
  withTicket: LIMITS.sendsPerNumberWithTicket,
};

const NOT_BLOCKED = { "it is not closed": "NOT blockedUntil > :now" } as const;
const OPEN = {
  ...NOT_BLOCKED,
  "its failures leave room or are forgotten":
    "(NOT failures >= :maxFailures OR failedAt <= :forgotten)",
} as const;

/** Every condition of every write, by write, for these rows. */
function numberConditions({ withoutTicket, withTicket }: TurnRows) {
  return {
    takeTurn: { ...OPEN, ...rowConditions(withoutTicket) },
    takeTurnWithTicket: {
      ...NOT_BLOCKED,
      "the ticket is not revoked": "NOT ticketsFrom > :issuedAt",
      "the number was proven since its last few": "NOT ticketTurns >= :maxTicketTurns",
      ...rowConditions(withTicket),
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

export const NUMBER_CONDITIONS = numberConditions(ROWS);

type AllConditions = { readonly [Name in keyof typeof NUMBER_CONDITIONS]: Conditions };

/** Numbers over the table, by pseudonym. `given` and `rows` are arguments so that tests can show what each one is for. */
export function dynamoNumbers(
  table: Table,
  given?: AllConditions,
  rows: TurnRows = ROWS,
): NumberStore {
  const conditions = given ?? numberConditions(rows);
  return { ...turnsOver(table, conditions, rows), ...failuresOver(table, conditions) };
}

type Turns = Pick<NumberStore, "takeTurn" | "returnTurn" | "replaceTurn" | "undoReplacement">;

function turnsOver(table: Table, conditions: AllConditions, rows: TurnRows): Turns {
  return {
    async takeTurn(number, now, ticket) {
      const limits = [...rows.withoutTicket, ...rows.withTicket];
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
          limits.map(({ windowSeconds }) => [
            `:${windowSeconds}SecondsAgo`,
            now - windowSeconds * 1_000,
          ]),
        ),
      };
      const update = {
        pk: pkOf(number),
        update: ticket === undefined ? TAKE_TURN : TAKE_TURN_WITH_TICKET,
        conditions: ticket === undefined ? conditions.takeTurn : conditions.takeTurnWithTicket,
        values,
      };
      return parsed(await table.update(update), recordOf);
    },
    async returnTurn(number, turn) {
      const values = { ":turn": turn, ":never": NEVER };
      await table.update({
        pk: pkOf(number),
        update: RETURN_TURN,
        conditions: conditions.returnTurn,
        values,
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

function forgotten(now: number): number {
  return now - LIMITS.failureMemorySeconds * 1_000;
}

function pkOf(number: Mac): string {
  return `number#${number}`;
}

const RECORD = v.object({
  failures: v.optional(v.number(), 0),
  failedAt: v.optional(v.number()),
  ticketTurns: v.optional(v.number()),
  handedOn: v.optional(v.number()),
  provenAt: v.optional(v.number()),
  blockedUntil: v.optional(v.number()),
  ticketsFrom: v.optional(v.number()),
});

function recordOf(item: Item): NumberRecord {
  const turns = SLOTS.map((slot) => v.parse(v.optional(v.number(), NEVER), item[slot]));
  return { ...v.parse(RECORD, item), turns: turns.filter((turn) => turn > NEVER) };
}
