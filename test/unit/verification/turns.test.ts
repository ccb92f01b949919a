import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import type { NumberRecord } from "../../../functions/verification/ports.ts";
import { turnTaken, UNKNOWN_NUMBER } from "../../../functions/verification/rules.ts";
import {
  isInvalidTicket,
  nextTurnAt,
  rowsFor,
  turnRefusal,
} from "../../../functions/verification/turns.ts";
import { PROMISED } from "../../model/promised.ts";
import { NOON } from "../../support/deps.ts";

const DAY = 86_400_000;
const TICKET = { issuedAt: NOON - DAY };
const LOCKED = { turns: [NOON], failures: LIMITS.consecutiveFailures, failedAt: NOON };

describe("why a number takes no turn", () => {
  it("is its closing until that ends, and its rows from then on", () => {
    const blocked = { ...UNKNOWN_NUMBER, turns: [NOON], blockedUntil: NOON + DAY };
    expect(turnRefusal(LIMITS, blocked, { now: NOON + DAY - 1 })).toEqual({
      kind: "refused",
      why: "number-locked",
      retryAt: NOON + DAY,
    });
    expect(turnRefusal(LIMITS, blocked, { now: NOON + DAY })).toMatchObject({
      why: "too-many-sends",
    });
  });

  it("is its lock, for thirty days after its last failure", () => {
    expect(turnRefusal(LIMITS, LOCKED, { now: NOON })).toEqual({
      kind: "refused",
      why: "number-locked",
      retryAt: NOON + 30 * DAY,
    });
    const failures = LIMITS.consecutiveFailures - 1;
    expect(turnRefusal(LIMITS, { ...LOCKED, failures }, { now: NOON })).toMatchObject({
      why: "too-many-sends",
    });
  });

  it("is no lock for who has a ticket", () => {
    expect(turnRefusal(LIMITS, LOCKED, { now: NOON, ticket: TICKET })).toMatchObject({
      why: "too-many-sends",
    });
  });

  it("is a turn that is gone already, where nothing is known of it", () => {
    expect(turnRefusal(LIMITS, undefined, { now: NOON })).toEqual({
      kind: "refused",
      why: "too-many-sends",
      retryAt: NOON,
    });
  });
});

describe("the turns of a number", () => {
  /** Each as soon as the rows let it, for three days. A ticket is proven again after each of its turns. */
  function earliestTurns(ticket?: typeof TICKET): readonly number[] {
    const rows = rowsFor(LIMITS, ticket);
    const taken: number[] = [];
    let record: NumberRecord | undefined = UNKNOWN_NUMBER;
    for (let now = NOON; now < NOON + 3 * DAY; now = nextTurnAt(record.turns, rows)) {
      record = turnTaken({ ...record, ticketTurns: 0 }, { now, ticket }, rows);
      if (record === undefined) throw new Error("a turn was told too early");
      taken.push(now);
    }
    return taken;
  }

  it.each([
    ["stranger", undefined],
    ["ticketHolder", TICKET],
  ] as const)(
    "leave a %s so many guesses in any 24 hours as is promised, however late each comes",
    (who, ticket) => {
      const sends = earliestTurns(ticket);
      const lifetime = LIMITS.codeLifetimeSeconds * 1_000;
      const guesses = sends.map((send) => {
        const from = send + lifetime - 1;
        const guessable = sends.filter((at) => at + lifetime > from && at < from + DAY);
        return guessable.length * LIMITS.checksPerVerification;
      });
      expect(Math.max(...guesses)).toBe(PROMISED.guessesADay[who]);
    },
  );
});

describe("a ticket's rows", () => {
  it("have room when those of strangers are full for the day", () => {
    const turns = Array.from({ length: 7 }, (_, index) => NOON - index * 3_600_000);
    expect(nextTurnAt(turns, rowsFor(LIMITS, TICKET))).toBe(NOON + 30_000);
    expect(nextTurnAt(turns, rowsFor(LIMITS, undefined))).toBe(NOON + 18 * 3_600_000 + 300_000);
  });
});

describe("a ticket is worth nothing", () => {
  it("that is older than its number lets tickets be, and not by a millisecond more", () => {
    const revoked = { ...UNKNOWN_NUMBER, ticketsFrom: TICKET.issuedAt };
    expect(isInvalidTicket(revoked, TICKET)).toBe(false);
    expect(isInvalidTicket({ ...revoked, ticketsFrom: TICKET.issuedAt + 1 }, TICKET)).toBe(true);
  });

  it("once three turns were taken with tickets", () => {
    expect(isInvalidTicket({ ...UNKNOWN_NUMBER, ticketTurns: 2 }, TICKET)).toBe(false);
    expect(isInvalidTicket({ ...UNKNOWN_NUMBER, ticketTurns: 3 }, TICKET)).toBe(true);
  });

  it("nowhere else: not at a number of which nothing is known, and not where there is none", () => {
    expect(isInvalidTicket(undefined, TICKET)).toBe(false);
    expect(isInvalidTicket({ ...UNKNOWN_NUMBER, ticketTurns: 3 }, undefined)).toBe(false);
  });
});
