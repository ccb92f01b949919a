import { describe, expect, it } from "vitest";
import { keptInputs } from "../../evidence/fuzz/engine/corpus.ts";
import { mutated } from "../../evidence/fuzz/engine/mutate.ts";
import {
  cpuMilliseconds,
  MOST_CPU_MILLISECONDS,
  sorting,
  tried,
} from "../../evidence/fuzz/engine/trial.ts";
import { TARGETS } from "../../evidence/fuzz/targets/all.ts";
import type { Target } from "../../evidence/fuzz/targets/target.ts";
import { seeded } from "../../evidence/simulation/seeded.ts";

/** The search itself is `npm run fuzz`; here each target bears what it has found, and so many neighbours of that. */
const NEIGHBOURS = 2_000;
/** The same ones in every run. */
const SEED = 1;

describe.each(Object.entries(TARGETS))("%s", (name, target) => {
  const inputs = [...target.seeds.map((one) => Buffer.from(one)), ...keptInputs(name)];

  it("bears every input that was kept", async () => {
    expect(keptInputs(name).length).toBeGreaterThan(0);
    expect(await notBorne(target, inputs)).toEqual([]);
  });

  it(`bears ${NEIGHBOURS} neighbours of them`, async () => {
    const random = seeded(SEED);
    const words = target.seeds.map(String).flatMap((text) => text.match(/[\w-]+/g) ?? []);
    const neighbours = Array.from({ length: NEIGHBOURS }, () => {
      const parent = inputs[random.integer(inputs.length)] ?? Buffer.of();
      return mutated(parent, { random, words, others: inputs });
    });
    expect(await notBorne(target, neighbours)).toEqual([]);
  });
});

/** The inputs that break a fact, or take more CPU time than a request may, and what they do. */
async function notBorne(target: Target, inputs: readonly Buffer[]): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const input of inputs) {
    const complaint = await complaintOf(target, input);
    if (complaint !== undefined)
      complaints.push(`${JSON.stringify(input.toString("latin1").slice(0, 500))}: ${complaint}`);
  }
  return complaints;
}

async function complaintOf({ fuzz }: Target, input: Buffer): Promise<string | undefined> {
  const { fault, milliseconds } = await tried(fuzz, input);
  if (fault !== undefined) return fault.stack;
  if (milliseconds <= MOST_CPU_MILLISECONDS) return undefined;
  const [cpu, most] = [await cpuMilliseconds(fuzz, input), await cpuMilliseconds(sorting, input)];
  return cpu > most ? `${cpu} ms of CPU time, more than the ${most} of a large sort` : undefined;
}
