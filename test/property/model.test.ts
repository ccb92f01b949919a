import { randomInt } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineStores } from "../support/engine-stores.ts";
import { type RunningEngine, runEngine } from "../support/engine-tables.ts";
import { memoryStores } from "../support/memory-stores.ts";
import { failuresBefore, histories } from "./histories.ts";
import type { Model } from "./model/model.ts";
import { play } from "./play.ts";
import { guess, NUMBERS, type Step, start, wait } from "./steps.ts";
import { aSystem } from "./systems.ts";

/** The same histories in every run, and others in each. A history that fails is printed with its seed, in its shortest form. */
const SEEDS = [20_260_801, randomInt(2 ** 31)];

/** 100 histories take some 10 s on two cores. */
const HISTORIES = 200;

/** NIST SP 800-63B-4 §3.2.2: no more than 100 failures in a row. */
const NIST_LIMIT = 100;

describe("the use cases over the stores in memory and over dynalite keep the promises of the model", () => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await runEngine("dynalite");
  });
  afterAll(() => engine.stop());

  async function playOnBoth(steps: readonly Step[], failedBefore: number): Promise<Model> {
    const { table } = await engine.freshTable();
    const overTable = aSystem((clock) => engineStores(table, clock));
    return play(steps, [aSystem(memoryStores), overTable], failedBefore);
  }

  it.each(SEEDS)(`in ${HISTORIES} histories, seed %i`, async (seed) => {
    const property = fc.asyncProperty(histories, failuresBefore, async (steps, failed) => {
      const { numbers } = await playOnBoth(steps, failed);
      for (const { failures } of numbers.values()) expect(failures.length).toBeLessThan(NIST_LIMIT);
    });
    await fc.assert(property, { numRuns: HISTORIES, seed });
  });

  it("where all that is in flight is spent on wrong guesses too", async () => {
    const number = 2;
    const starts = [0, 1, 2].map((draw) => start({ number, draw }));
    const guesses = [0, 1, 2].flatMap((of) =>
      [3, 4, 5, 6, 7].map((index) => ({ ...guess(index), of })),
    );
    const steps = [...starts.flatMap((step) => [step, wait(30)]), ...guesses];
    const { numbers } = await playOnBoth([...steps, wait(600), start({ number })], 84);
    expect(numbers.get(NUMBERS[2])?.failures).toHaveLength(NIST_LIMIT - 1);
  });
});
