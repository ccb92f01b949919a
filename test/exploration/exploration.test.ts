import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIGURATIONS } from "../../evidence/exploration/configurations.ts";
import { type Exploration, explore } from "../../evidence/exploration/explore.ts";
import { type Explored, exploreAll, findingWithout } from "../../evidence/exploration/findings.ts";
import { MEMORY, tableGround } from "../../evidence/exploration/grounds.ts";
import { PLANTED } from "../../evidence/exploration/planted.ts";
import { allClauses, clauseName } from "../support/engine-stores.ts";

const DOMAIN = join(import.meta.dirname, "../../functions/verification");
const QUICK = CONFIGURATIONS.filter((make) => make().isLong !== true);
const explored: Exploration[] = [];

afterAll(() => {
  const states = explored.reduce((sum, each) => sum + each.states, 0);
  const schedules = explored.reduce((sum, each) => sum + each.schedules, 0n);
  process.stdout.write(
    `  explored: ${states.toLocaleString("en-GB")} states, ${schedules.toLocaleString("en-GB")} interleavings\n`,
  );
});

/** Where the table needs two writes for one call of its store, it has more ways. */
const TWO_WRITES: readonly string[] = [
  "failures that are just forgotten",
  // The day of a client may be at its minimum where its window is not, and then only the window is decremented.
  "two people, one request after another",
  // The ways are counted otherwise over the table since a number is read before its turn; the promises hold over both.
  "one request of a code twice, with checks",
  "two resends that draw one code, which somebody has guessed",
];

describe("every interleaving keeps every promise", () => {
  it.each(QUICK.map((make) => [make().name, make] as const))("%s", async (name, make) => {
    const overTable = await explore(tableGround(), make());
    explored.push(overTable);
    expect(overTable.broken).toBeUndefined();
    expect(overTable.schedules).toBeGreaterThan(0n);
    if (make().ground === "table") return;
    const inMemory = await explore(MEMORY, make());
    explored.push(inMemory);
    expect(inMemory.broken).toBeUndefined();
    if (!TWO_WRITES.includes(name)) expect(inMemory.schedules).toBe(overTable.schedules);
  });
});

describe("what an exploration leaves out", () => {
  it.each([
    "the same guess and the same request twice",
    "a resend as the verification ends",
    "failures that are just forgotten",
  ])("changes no end: %s", async (name) => {
    const make = CONFIGURATIONS.find((each) => each().name === name);
    if (make === undefined) throw new Error(`there is no configuration ${name}`);
    const reduced = await explore(MEMORY, make(), { keepsEnds: true });
    const whole = await explore(MEMORY, make(), { keepsEnds: true, reduces: false });
    expect(reduced.ends).toEqual(whole.ends);
    expect(reduced.ends.size).toBeGreaterThan(1);
    expect(reduced.states).toBeLessThan(whole.states);
  });
});

/** A few of all conditions; the command removes every one. */
const REMOVED = [
  "verifications.check: the newest code is not used",
  "verifications.check: it has checks left",
  "verifications.resend: it is there and has not expired",
  "verifications.undoResend: the code is not used",
  "numbers.takeTurn: at most 1 in 30 seconds",
  "claims.claim: it is free",
];

/** Worlds of few states in which these are found. */
const SMALL: readonly string[] = [
  "the last two checks",
  "one request with two codes",
  "a resend that the provider refuses, whose code is guessed",
  "a resend that asks its client's window as the verification ends",
  "a code that is drawn again when it is the middle one",
  "one request of a start twice, and another under its key",
];

describe("a condition that is removed", () => {
  let before: readonly Explored[] = [];
  beforeAll(async () => {
    before = await exploreAll(CONFIGURATIONS.filter((make) => SMALL.includes(make().name)));
  });

  it.each(REMOVED)("is found missing: %s", async (name) => {
    const clause = allClauses().find((each) => clauseName(each) === name);
    if (clause === undefined) throw new Error(`there is no condition ${name}`);
    expect(before).toHaveLength(2 * SMALL.length);
    expect(await findingWithout(clause, before)).toBeDefined();
  });
});

describe("a planted bug", () => {
  it.each(PLANTED)("still has its place in the domain: $name", async ({ file, text }) => {
    const source = await readFile(join(DOMAIN, file), "utf8");
    expect(source.split(text)).toHaveLength(2);
  });
});
