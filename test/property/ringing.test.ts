import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ringings, withRingings } from "../../evidence/simulation/ringing.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/operate/alarms.md"), "utf8");

/** What an operator must read in the subject of the first mails of each attack, by words of its title. */
const RIGHT: Readonly<Record<string, RegExp>> = {
  "refused-starts": /onto one range|Moroccan|Moldova|one \/48|proves|few addresses|hung up/,
  "refusal-spike": /onto one range/,
  "request-spike": /30,000 numbers/,
  "spend-rate": /Moldova|burn the turns|edges|their tickets|a month ago|worthless tokens|stolen/,
  "hot-number": /burn the turns/,
  "wrong-codes": /whole day of guesses/,
  "guessing-client": /with their tickets, and/,
};

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
      const intime = alarms.filter(({ name, minute }) => minute <= 5 && RIGHT[name]?.test(title));
      expect(intime, `${title}: ${JSON.stringify(alarms)}`).not.toEqual([]);
    }
  });

  it("are those of docs/operate/alarms.md", () => {
    expect(withRingings(PAGE, all)).toBe(PAGE);
  });
});
