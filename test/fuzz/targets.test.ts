import { describe, expect, it } from "vitest";
import { seeded } from "../simulation/seeded.ts";
import { keptInputs } from "./engine/corpus.ts";
import { mutated } from "./engine/mutate.ts";
import { cpuMilliseconds, MOST_CPU_MILLISECONDS, tried } from "./engine/trial.ts";
import { TARGETS } from "./targets/all.ts";
import type { Target } from "./targets/target.ts";

/** The search itself is `npm run fuzz`; here each target bears what it has found, and so many neighbours of that. */
const NEIGHBOURS = 1_000;
/** The same ones in every run. */
const SEED = 1;

describe.each(Object.entries(TARGETS))("%s", (name, target) => {
  const inputs = [...target.seeds.map((one) => Buffer.from(one)), ...keptInputs(name).values()];

  it("bears every input that was kept", async () => {
    for (const input of inputs) await insistOnBearing(target, input);
    expect(keptInputs(name).size).toBeGreaterThan(0);
  });

  it(`bears ${NEIGHBOURS} neighbours of them`, async () => {
    const random = seeded(SEED);
    const words = target.seeds.map(String).flatMap((text) => text.match(/[\w-]+/g) ?? []);
    for (let run = 0; run < NEIGHBOURS; run += 1) {
      const parent = inputs[random.integer(inputs.length)] ?? Buffer.of();
      await insistOnBearing(target, mutated(parent, { random, words, others: inputs }));
    }
    expect.assertions(0);
  });
});

/** No fault, and no more CPU time than a request may take. */
async function insistOnBearing({ fuzz }: Target, input: Buffer): Promise<void> {
  const { fault, milliseconds } = await tried(fuzz, input);
  const text = JSON.stringify(input.toString("latin1").slice(0, 1_000));
  if (fault !== undefined) throw new Error(`${text}: ${fault.stack}`);
  if (milliseconds <= MOST_CPU_MILLISECONDS) return;
  const cpu = await cpuMilliseconds(fuzz, input);
  if (cpu > MOST_CPU_MILLISECONDS) throw new Error(`${text} takes ${cpu} ms`);
}
