import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cryptoRandom } from "../../functions/adapters/node/random.ts";
import { drawCode, guessOf } from "../../functions/verification/code.ts";
import { newVerificationId } from "../../functions/verification/identifiers.ts";

const FUNCTIONS = join(import.meta.dirname, "../../functions");

/** The lines of a source, comments left out. */
async function linesIn(name: string): Promise<readonly string[]> {
  const source = await readFile(join(FUNCTIONS, name), "utf8");
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").split("\n");
}

describe("A14: how long a comparison takes reveals nothing of a code", () => {
  it("since what is compared is a MAC, in which a guess that is nearly right is as far off as any", () => {
    const key = Buffer.from(cryptoRandom.bytes(32));
    const id = newVerificationId(1, cryptoRandom);
    const right = bitsOf(guessOf(key, id, "482913"));
    for (let digit = 0; digit < 10; digit += 1) {
      if (digit === 3) continue;
      const near = bitsOf(guessOf(key, id, `48291${digit}`));
      const different = [...near].filter((bit, place) => bit !== right[place]).length;
      // Half of 256, give or take six deviations of eight.
      expect(Math.abs(different - 128)).toBeLessThan(48);
    }
  });

  const bitsOf = (mac: string) =>
    [...Buffer.from(mac, "base64url")].map((byte) => byte.toString(2).padStart(8, "0")).join("");

  it.each(["verification/check.ts", "verification/ticket.ts"])(
    "and %s, which holds what a caller sent against what is right, does so in constant time",
    async (name) => {
      const lines = (await linesIn(name)).filter((line) =>
        /\b(mac|guess|code|ticket|given|expected|signature)\b/.test(line),
      );
      expect(lines.filter((line) => line.includes("timingSafeEqual("))).toHaveLength(1);
      // How many digits a code has is public.
      const early = lines.filter((line) =>
        /[!=]==(?! undefined| \S*[lL]ength\b| \S*\.codeDigits\b)/.test(line),
      );
      expect(early.filter((line) => !line.includes("timingSafeEqual("))).toEqual([]);
    },
  );
});

describe("A19: codes come from the generator of the operating system, each as likely as any", () => {
  it("by each of its digits and the step to the next code", () => {
    const draws = 200_000;
    const digits = Array.from({ length: 6 }, () => Array<number>(10).fill(0));
    const steps = Array<number>(100).fill(0);
    let before = Number(drawCode(cryptoRandom, 6));
    for (let draw = 0; draw < draws; draw += 1) {
      const code = drawCode(cryptoRandom, 6);
      for (const [position, counts] of digits.entries()) count(counts, Number(code[position]));
      count(steps, Math.floor(((Number(code) - before + 1_000_000) % 1_000_000) / 10_000));
      before = Number(code);
    }
    for (const counts of [...digits, steps]) {
      const expected = draws / counts.length;
      const chiSquare = counts.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
      // Seven deviations: a fair generator is beyond in fewer than one of 10^7 runs.
      const freedom = counts.length - 1;
      expect(chiSquare).toBeLessThan(freedom + 7 * Math.sqrt(2 * freedom) + 15);
    }
  });

  function count(counts: number[], place: number): void {
    counts[place] = (counts[place] ?? 0) + 1;
  }

  it("and nothing in a function draws from a generator that can be foreseen", async () => {
    const names = await readdir(FUNCTIONS, { recursive: true });
    const sources = names.filter((name) => name.endsWith(".ts"));
    const lines = (await Promise.all(sources.map(linesIn))).flat();
    expect(lines.length).toBeGreaterThan(5_000);
    expect(
      lines.filter((line) => /Math\.random|pseudoRandomBytes|Date\.now\(\) %/.test(line)),
    ).toEqual([]);
  });
});
