import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIGURATIONS, QUICK } from "../../evidence/exploration/configurations.ts";
import { type Exploration, explore } from "../../evidence/exploration/explore.ts";
import { type Explored, exploreAll, findingWithout } from "../../evidence/exploration/findings.ts";
import { PLANTED } from "../../evidence/exploration/planted.ts";
import { allClauses, clauseName } from "../support/engine-stores.ts";

const DOMAIN = join(import.meta.dirname, "../../functions/verification");
const explored: Exploration[] = [];

afterAll(() => {
  const states = explored.reduce((sum, each) => sum + each.states, 0);
  const schedules = explored.reduce((sum, each) => sum + each.schedules, 0n);
  process.stdout.write(
    `  explored: ${states.toLocaleString("en-GB")} states, ${schedules.toLocaleString("en-GB")} interleavings\n`,
  );
});

describe("every interleaving keeps every promise", () => {
  it.each(QUICK.map((make) => [make().name, make] as const))("%s", async (_, make) => {
    const found = await explore(make());
    explored.push(found);
    expect(found.broken).toBeUndefined();
    expect(found.schedules).toBeGreaterThan(0n);
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
    const reduced = await explore(make(), { keepsEnds: true });
    const whole = await explore(make(), { keepsEnds: true, reduces: false });
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

/** Configurations of few states in which these are found. */
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
    expect(before).toHaveLength(SMALL.length);
    expect(await findingWithout(clause, before)).toBeDefined();
  });
});

describe("a planted bug", () => {
  it.each(PLANTED)("still has its place in the domain: $name", async ({ file, text }) => {
    const source = await readFile(join(DOMAIN, file), "utf8");
    expect(source.split(text)).toHaveLength(2);
  });
});
