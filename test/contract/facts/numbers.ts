import { expect } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import type { NumberRecord, NumberStore } from "../../../functions/verification/ports.ts";
import { NOON } from "../../support/deps.ts";
import { aMac, aSealed } from "../../support/items.ts";
import { type Facts, factsOf } from "./ground.ts";

const NUMBER = aMac("number");
const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const TICKET = { issuedAt: NOON - DAY };
const MEMORY = LIMITS.failureMemorySeconds * SECOND;

const take = (numbers: NumberStore, ...moments: readonly number[]) => taking(numbers, moments);

async function taking(
  numbers: NumberStore,
  moments: readonly number[],
  ticket?: typeof TICKET,
): Promise<NumberRecord> {
  let record: NumberRecord | undefined;
  for (const now of moments) {
    const write = await numbers.takeTurn(NUMBER, now, ticket);
    expect([now - NOON, write.kind]).toEqual([now - NOON, "taken"]);
    record = write.item;
  }
  if (record === undefined) throw new Error("what is taken comes with its book");
  return record;
}

async function expectNoTurn(numbers: NumberStore, now: number): Promise<NumberRecord | undefined> {
  const { kind, item } = await numbers.takeTurn(NUMBER, now);
  expect([now - NOON, kind]).toEqual([now - NOON, "refused"]);
  return item;
}

async function fail(numbers: NumberStore, times: number, now: number): Promise<void> {
  for (let failure = 0; failure < times; failure += 1) await numbers.addFailure(NUMBER, now);
}

/** Turns as close to each other as the other rows let them be, until the row is full; each row by the seconds that they are apart. */
const FILLING = { 30: 0, 600: 30, 86700: 300 } as const;

const TURNS: Facts = {
  "a number's first turn is its own": async ({ numbers }) => {
    expect(await take(numbers, NOON)).toMatchObject({ turns: [NOON], failures: 0 });
    const { kind } = await numbers.takeTurn(aMac("another number"), NOON);
    expect(kind).toBe("taken");
  },
  "turns are returned newest first, and only the last are remembered": async ({ numbers }) => {
    const turns = Array.from({ length: LIMITS.turnsRemembered + 2 }, (_, day) => NOON + day * DAY);
    expect((await take(numbers, ...turns)).turns).toEqual(turns.toReversed().slice(0, -2));
  },
  ...factsOf(LIMITS.sendsPerNumber, ({ max, windowSeconds }) => [
    `at most ${max} in ${windowSeconds} seconds, and one more when the first of them is that old`,
    async ({ numbers }) => {
      const apart = FILLING[windowSeconds] * SECOND;
      const turns = Array.from({ length: max }, (_, turn) => NOON + turn * apart);
      const { turns: taken } = await take(numbers, ...turns);
      const opens = NOON + windowSeconds * SECOND;
      for (const now of [Math.max(...turns) + apart, opens - 1])
        expect((await expectNoTurn(numbers, now))?.turns).toEqual(taken);
      await take(numbers, opens);
    },
  ]),
  "a turn in the future, by another clock, refuses one before it": async ({ numbers }) => {
    await take(numbers, NOON + 5 * SECOND);
    await expectNoTurn(numbers, NOON);
  },
  "a turn that is given back was never taken": async ({ numbers }) => {
    const before = await take(numbers, NOON, NOON + 30 * SECOND);
    const turn = NOON + 60 * SECOND;
    await take(numbers, turn);
    await numbers.returnTurn(NUMBER, turn);
    expect((await expectNoTurn(numbers, turn - 1))?.turns).toEqual(before.turns);
    expect((await take(numbers, turn)).turns).toEqual([turn, ...before.turns]);
  },
  "a turn that is given back names the verification again that was the newest of its app before, or none":
    async ({ numbers }) => {
      const asking = { now: NOON, ticket: undefined };
      const named = async () => (await numbers.read(NUMBER, asking)).newest;
      const first = { app: "shop", sealed: aSealed("first") };
      const turn = NOON + 30 * SECOND;
      await numbers.takeTurn(NUMBER, NOON, undefined, { app: "bank", sealed: aSealed("bank's") });
      await numbers.takeTurn(NUMBER, turn, undefined, first);
      await numbers.returnTurn(NUMBER, turn, undefined, { app: "shop", sealed: undefined });
      expect(await named()).toEqual({ bank: aSealed("bank's") });
      await numbers.takeTurn(NUMBER, turn, undefined, first);
      const second = { app: "shop", sealed: aSealed("second") };
      await numbers.takeTurn(NUMBER, turn + 30 * SECOND, undefined, second);
      expect(await named()).toEqual({ bank: aSealed("bank's"), shop: second.sealed });
      await numbers.returnTurn(NUMBER, turn, undefined, first);
      expect((await named())?.["shop"]).toBe(second.sealed);
      await numbers.returnTurn(NUMBER, turn + 30 * SECOND, undefined, first);
      expect(await named()).toEqual({ bank: aSealed("bank's"), shop: first.sealed });
    },
  "only the newest turn is given back": async ({ numbers }) => {
    const { turns } = await take(numbers, NOON, NOON + 30 * SECOND);
    await numbers.returnTurn(NUMBER, NOON);
    expect((await expectNoTurn(numbers, NOON + 59 * SECOND))?.turns).toEqual(turns);
  },
  "a closed number takes no turn until it opens, ticket or not": async ({ numbers, close }) => {
    const opens = NOON + 40 * DAY;
    await close(NUMBER, opens);
    for (const now of [NOON, opens - 1])
      expect(await expectNoTurn(numbers, now)).toMatchObject({ blockedUntil: opens });
    expect((await numbers.takeTurn(NUMBER, NOON, TICKET)).kind).toBe("refused");
    await take(numbers, opens);
  },
  "rows that grow or shrink lose no history": async ({ numbers, numbersUnder }) => {
    await take(numbers, ...[0, 30, 60].map((seconds) => NOON + seconds * SECOND));
    const stricter = numbersUnder({
      ...LIMITS,
      sendsPerNumber: [{ max: 2, windowSeconds: 3_600 }],
    });
    await expectNoTurn(stricter, NOON + 3_629 * SECOND);
    const looser = numbersUnder({ ...LIMITS, sendsPerNumber: [{ max: 4, windowSeconds: 3_600 }] });
    await take(looser, NOON + 90 * SECOND);
    await expectNoTurn(looser, NOON + 3_599 * SECOND);
    await expectNoTurn(numbers, NOON + 629 * SECOND);
    await take(looser, NOON + 3_600 * SECOND);
    await expectNoTurn(stricter, NOON + 3_689 * SECOND);
    const longest = numbersUnder({
      ...LIMITS,
      sendsPerNumber: [{ max: 5, windowSeconds: 86_400 }],
    });
    await expectNoTurn(longest, NOON + DAY - 1);
    await take(longest, NOON + DAY);
  },
};

const REPLACEMENTS: Facts = {
  "a failed message's turn is handed on, and takes the place that it had": async ({ numbers }) => {
    const first = NOON - 60 * SECOND;
    await take(numbers, first, NOON);
    const now = NOON + SECOND;
    const { kind, item } = await numbers.replaceTurn(NUMBER, { failed: NOON, now });
    expect([kind, item?.turns]).toEqual(["taken", [now, first]]);
    await expectNoTurn(numbers, now + 30 * SECOND - 1);
    await take(numbers, now + 30 * SECOND);
  },
  "a turn is handed on once": async ({ numbers }) => {
    await take(numbers, NOON);
    const turns = [NOON, NOON + 1, NOON + 2] as const;
    const [failed, now, later] = turns;
    expect((await numbers.replaceTurn(NUMBER, { failed, now })).kind).toBe("taken");
    await expectNotHandedOn(numbers, { failed: now, now: later });
    await expectNotHandedOn(numbers, { failed, now: later });
  },
  "of many who ask for a turn at once, one gets it": async ({ numbers }) => {
    await take(numbers, NOON);
    const asked = Array.from({ length: 20 }, (_, index) =>
      numbers.replaceTurn(NUMBER, { failed: NOON, now: NOON + 1 + index }),
    );
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "taken")).toHaveLength(1);
  },
  "only the newest turn is handed on": async ({ numbers }) => {
    await take(numbers, NOON, NOON + 30 * SECOND);
    await expectNotHandedOn(numbers, { failed: NOON, now: NOON + 31 * SECOND });
  },
  "a closed number hands no turn on until it opens": async ({ numbers, close }) => {
    await take(numbers, NOON);
    await close(NUMBER, NOON + DAY);
    await expectNotHandedOn(numbers, { failed: NOON, now: NOON + DAY - 1 });
    const turns = { failed: NOON, now: NOON + DAY };
    expect((await numbers.replaceTurn(NUMBER, turns)).kind).toBe("taken");
  },
  "a locked number hands no turn on": async ({ numbers }) => {
    await take(numbers, NOON);
    await fail(numbers, LIMITS.consecutiveFailures, NOON);
    await expectNotHandedOn(numbers, { failed: NOON, now: NOON + 1 });
  },
  "a turn that comes back can be handed on again": async ({ numbers }) => {
    const record = await take(numbers, NOON);
    const turns = { failed: NOON, now: NOON + 1 };
    await numbers.replaceTurn(NUMBER, turns);
    await numbers.undoReplacement(NUMBER, turns);
    expect((await expectNoTurn(numbers, NOON + 2))?.turns).toEqual(record.turns);
    expect((await numbers.replaceTurn(NUMBER, turns)).kind).toBe("taken");
  },
  "a turn comes back only while it is the newest": async ({ numbers }) => {
    await take(numbers, NOON);
    const turns = { failed: NOON, now: NOON + 1 };
    await numbers.replaceTurn(NUMBER, turns);
    const { turns: taken } = await take(numbers, NOON + 40 * SECOND);
    await numbers.undoReplacement(NUMBER, turns);
    expect((await expectNoTurn(numbers, NOON + 41 * SECOND))?.turns).toEqual(taken);
  },
};

async function expectNotHandedOn(
  numbers: NumberStore,
  turns: { readonly failed: number; readonly now: number },
): Promise<void> {
  expect((await numbers.replaceTurn(NUMBER, turns)).kind).toBe("refused");
}

/** Times of turns that no row but that of the day refuses. */
const spread = (count: number) =>
  Array.from({ length: count }, (_, index) => NOON + index * 600 * SECOND);

const TICKETS: Facts = {
  "a ticket gives three more turns a day, and not four": async ({ numbers }) => {
    await take(numbers, ...spread(7));
    const after = NOON + 7 * 600 * SECOND;
    await expectNoTurn(numbers, after);
    for (const turn of [0, 1, 2]) {
      await taking(numbers, [after + turn * 600 * SECOND], TICKET);
      await numbers.clearFailures(NUMBER, NOON);
    }
    const tenth = after + 3 * 600 * SECOND;
    expect((await numbers.takeTurn(NUMBER, tenth, TICKET)).kind).toBe("refused");
    expect((await numbers.takeTurn(NUMBER, NOON + DAY + 300 * SECOND, TICKET)).kind).toBe("taken");
  },
  "a ticket gives no turn sooner: one in 30 seconds and three in ten minutes": async ({
    numbers,
  }) => {
    await take(numbers, NOON);
    expect((await numbers.takeTurn(NUMBER, NOON + 29_999, TICKET)).kind).toBe("refused");
    await take(numbers, NOON + 30_000, NOON + 60_000);
    expect((await numbers.takeTurn(NUMBER, NOON + 599_999, TICKET)).kind).toBe("refused");
    expect((await numbers.takeTurn(NUMBER, NOON + 600_000, TICKET)).kind).toBe("taken");
  },
  "turns with a ticket count for those without": async ({ numbers }) => {
    await take(numbers, ...spread(4));
    for (const at of spread(7).slice(4)) await numbers.takeTurn(NUMBER, at, TICKET);
    await expectNoTurn(numbers, NOON + 7 * 600 * SECOND);
  },
  "tickets take three turns of a number until it is proven again": async ({ numbers }) => {
    const [first = 0, second = 0, third = 0, fourth = 0] = spread(4);
    await taking(numbers, [first, second, third], TICKET);
    const refused = await numbers.takeTurn(NUMBER, fourth, TICKET);
    expect(refused).toMatchObject({ kind: "refused", item: { ticketTurns: 3 } });
    await numbers.clearFailures(NUMBER, NOON);
    expect((await numbers.takeTurn(NUMBER, fourth, TICKET)).kind).toBe("taken");
    await take(numbers, fourth + 600 * SECOND);
  },
  "a turn that is given back gives the ticket's turn back": async ({ numbers }) => {
    for (const _ of [1, 2, 3]) {
      await numbers.takeTurn(NUMBER, NOON, TICKET);
      await numbers.returnTurn(NUMBER, NOON, TICKET);
    }
    await taking(numbers, spread(3), TICKET);
    const fourth = NOON + 3 * 600 * SECOND;
    expect((await numbers.takeTurn(NUMBER, fourth, TICKET)).kind).toBe("refused");
  },
  "a ticket's turn that an approval has forgotten is not given back": async ({ numbers }) => {
    const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = spread(5);
    await numbers.takeTurn(NUMBER, first, TICKET);
    await numbers.clearFailures(NUMBER, NOON);
    await numbers.returnTurn(NUMBER, first, TICKET);
    await taking(numbers, [second, third, fourth], TICKET);
    expect((await numbers.takeTurn(NUMBER, fifth, TICKET)).kind).toBe("refused");
  },
  "a number that its failures have locked takes turns with a ticket": async ({ numbers }) => {
    await fail(numbers, LIMITS.consecutiveFailures, NOON);
    await expectNoTurn(numbers, NOON);
    expect((await numbers.takeTurn(NUMBER, NOON, TICKET)).kind).toBe("taken");
  },
};

const FAILURES: Facts = {
  "a number's failures lock it from the 85th on": async ({ numbers }) => {
    await fail(numbers, LIMITS.consecutiveFailures - 1, NOON);
    await take(numbers, NOON);
    await fail(numbers, 1, NOON + 1);
    expect(await expectNoTurn(numbers, NOON + DAY)).toMatchObject({
      failures: LIMITS.consecutiveFailures,
      failedAt: NOON + 1,
    });
  },
  "an approval opens a locked number": async ({ numbers }) => {
    await fail(numbers, LIMITS.consecutiveFailures, NOON);
    await expectNoTurn(numbers, NOON);
    await numbers.clearFailures(NUMBER, NOON);
    expect(await take(numbers, NOON)).toMatchObject({ failures: 0 });
  },
  "a locked number opens thirty days after its last failure": async ({ numbers }) => {
    await fail(numbers, LIMITS.consecutiveFailures - 1, NOON - DAY);
    await fail(numbers, 1, NOON);
    await expectNoTurn(numbers, NOON + MEMORY - 1);
    await take(numbers, NOON + MEMORY);
  },
  "failures that are remembered go on counting": async ({ numbers }) => {
    await fail(numbers, 2, NOON);
    await fail(numbers, 1, NOON + MEMORY - 1);
    expect(await take(numbers, NOON + MEMORY)).toMatchObject({ failures: 3 });
  },
  "failures that are forgotten start again at one": async ({ numbers }) => {
    await fail(numbers, LIMITS.consecutiveFailures, NOON);
    await fail(numbers, 1, NOON + MEMORY);
    expect(await take(numbers, NOON + MEMORY)).toMatchObject({
      failures: 1,
      failedAt: NOON + MEMORY,
    });
  },
  "failures side by side are each counted, also where older ones are forgotten": async ({
    numbers,
  }) => {
    await fail(numbers, 3, NOON);
    const failures = Array.from({ length: 20 }, () => numbers.addFailure(NUMBER, NOON + MEMORY));
    await Promise.all(failures);
    expect(await take(numbers, NOON + MEMORY)).toMatchObject({ failures: 20 });
  },
  "turns and failures leave each other alone": async ({ numbers }) => {
    await take(numbers, NOON);
    await fail(numbers, 1, NOON);
    await take(numbers, NOON + 30 * SECOND);
    await numbers.returnTurn(NUMBER, NOON + 30 * SECOND);
    expect(await expectNoTurn(numbers, NOON + SECOND)).toMatchObject({
      turns: [NOON],
      failures: 1,
    });
  },
};

export const NUMBER_FACTS: Facts = { ...TURNS, ...REPLACEMENTS, ...TICKETS, ...FAILURES };
