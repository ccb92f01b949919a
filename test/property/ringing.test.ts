import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ringings, withRingings } from "../../evidence/simulation/ringing.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/operate/alarms.md"), "utf8");

/** What an operator must read in the subject of the first mails of each attack. */
const RIGHT: readonly (readonly [attack: string, alarms: readonly string[]])[] = [
  ["onto one range", ["refused-starts", "refusal-spike"]],
  ["Moroccan range", ["refused-starts"]],
  ["calls to Moldova", ["spend-rate", "refused-starts"]],
  ["30,000 numbers", ["request-spike"]],
  ["burn the turns", ["spend-rate", "hot-number"]],
  ["one /48", ["refused-starts"]],
  ["window", ["spend-rate"]],
  ["edges", ["spend-rate"]],
  ["proves one start in four", ["refused-starts"]],
  ["whole day of guesses", ["wrong-codes"]],
  ["few addresses", ["refused-starts"]],
  ["with their tickets, and", ["guessing-client", "spend-rate"]],
  ["again and again with their tickets", ["spend-rate"]],
  ["a month ago", ["spend-rate"]],
  ["hung up", ["refused-starts"]],
  ["worthless tokens", ["spend-rate"]],
  ["stolen credential", ["spend-rate"]],
];

const all = await ringings(() => undefined);

describe("the alarms of production", () => {
  it("mail nothing on a quiet, an ordinary and a launch day, nor for a carrier's shared address", () => {
    const quiet = all.filter(({ isAttack }) => !isAttack);
    expect(quiet).toHaveLength(4);
    for (const { title, alarms } of quiet) expect({ title, alarms }).toEqual({ title, alarms: [] });
  });

  it("mail the right thing within five minutes of each attack", () => {
    const attacks = all.filter(({ isAttack }) => isAttack);
    expect(attacks.length).toBeGreaterThan(12);
    for (const { title, alarms } of attacks) {
      const right = RIGHT.filter(([words]) => title.includes(words)).flatMap(([, names]) => names);
      const intime = alarms.filter(({ name, minute }) => minute <= 5 && right.includes(name));
      expect(intime, `${title}: ${JSON.stringify(alarms)}`).not.toEqual([]);
    }
  });

  it("are those of docs/operate/alarms.md", () => {
    expect(withRingings(PAGE, all)).toBe(PAGE);
  });
});
