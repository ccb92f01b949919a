import { describe, expect, it } from "vitest";
import {
  type Parameters,
  scenarioNamed,
  withParameters,
} from "../../evidence/simulation/scenarios.ts";
import { type Report, simulate } from "../../evidence/simulation/simulate.ts";
import { figuresOf, missed, served, TARGETS } from "../../evidence/simulation/table.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { STAGES } from "../../infra/stages.ts";

/** People from eight to nine on the stage as it is shipped, and an attacker for so many hours from eight on. */
function anHour(name: string, parameters: Parameters, attackedHours = 1): Promise<Report> {
  const { attack, ...scenario } = withParameters(scenarioNamed(name), parameters);
  if (attack === undefined || !("perMinute" in attack.pace)) throw new Error(`${name} has no pace`);
  const tries = attackedHours * 60 * attack.pace.perMinute;
  return simulate({ ...scenario, minutes: 540, attack: { ...attack, tries } }, 5);
}

describe("people beside", () => {
  it("F14: one address that solves every challenge are all served, and it gets its sixty a day", async () => {
    const report = await anHour("few-addresses", { addresses: 1, solvingShare: 1 });
    expect(missed(figuresOf(report))).toBe(false);
    expect(report.messages).toBe(LIMITS.unverifiedSends.ipv4.maxPerDay);
  });

  it("F15: sixty-seven addresses that solve three challenges in ten are served, and the addresses get few", async () => {
    const few = { addresses: 67, solvingShare: 0.3, rate: 30 };
    const report = await anHour("few-addresses", few);
    expect(missed(figuresOf(report))).toBe(false);
    expect(report.messages).toBeLessThan(250);
  });

  it("F16: a thousand own numbers, each with a ticket of today, are served", async () => {
    const report = await anHour("own-numbers", { owned: 1_000, addresses: 100 });
    expect(missed(figuresOf(report))).toBe(false);
  });

  it("F18: invalid tokens for eight numbers delay none of their owners", async () => {
    // An owner who is not reached within a minute is delayed.
    const holds = { perMinute: 180, addresses: 20_000, minutesAfter: 1 };
    const siege = { owners: 4, days: 1, holds };
    const { attacked } = await simulate({ ...scenarioNamed("hold-turn"), siege }, 7);
    for (const hasTicket of [true, false]) {
      const { of, served: reached, longest } = attacked({ hasTicket });
      expect([of, reached]).toEqual([4, 4]);
      expect(longest).toBeLessThan(1);
    }
  });

  it("F19: calls that are hung up get one contact a turn, as all numbers do", async () => {
    const report = await simulate(scenarioNamed("call-and-hang-up"), 7);
    expect(report.messages).toBeGreaterThan(20);
    expect(report.mostContacts).toBe(3);
  });

  it("F17: a stolen credential are served, and the numbers that its back end knows as strangers' are", async () => {
    // In one hour it reaches fewer numbers than its day allows.
    const report = await anHour("stolen-credential", {}, 4);
    expect(served(report, "withTicket")).toBeGreaterThanOrEqual(TARGETS.withTicket);
    expect(served(report, "withoutTicket")).toBeGreaterThanOrEqual(TARGETS.withoutTicket);
    expect(served(report, "known")).toBeGreaterThanOrEqual(TARGETS.withoutTicket);
    expect(report.messages).toBeLessThan(1.5 * STAGES.prod.knownNumbers.perDay);
  });
});
