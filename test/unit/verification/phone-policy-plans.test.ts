import { describe, expect, it } from "vitest";
import { UK_COUNTRIES } from "../../../functions/policy/destinations.ts";
import { GLOBAL_CODES, PHONE_REASONS } from "../../../functions/policy/special-numbers.ts";
import { judgePhone } from "../../../functions/verification/phone-policy.ts";
import { GLOBAL_PLAN, PLANS, UK_PLAN } from "../../support/numbering-plans.ts";

const EVERY_COUNTRY = [...UK_COUNTRIES, ...PLANS.map(({ country }) => country)];

/** The country that a number is accepted for, or the finest reason against it. */
function decisionOn(to: string, countries?: typeof EVERY_COUNTRY) {
  const verdict = judgePhone(to, { fictionalNumbers: false, countries });
  if (verdict.kind === "accepted") return verdict.country;
  return verdict.why === "phone-not-allowed" ? verdict.reason : verdict.why;
}

describe("the plan of the United Kingdom", () => {
  it.each(UK_PLAN)("%s: %s (%s)", (number, decision) => {
    expect(decisionOn(number, [...UK_COUNTRIES])).toBe(decision);
  });

  it("has rows for every reason that it can give, and for every territory", () => {
    const decisions = new Set(UK_PLAN.map(([, decision]) => decision));
    for (const country of UK_COUNTRIES) expect(decisions).toContain(country);
    expect([...decisions].filter((decision) => decision.length > 2).sort()).toEqual([
      ...["fictional", "landline", "pager", "personal-number", "phone-invalid", "premium"],
      ...["shared-cost", "toll-free", "unallocated", "universal-access", "voip"],
    ]);
  });

  it("opens no island by opening Great Britain", () => {
    const islands = UK_PLAN.filter(([, decision]) => ["GG", "IM", "JE"].includes(decision));
    expect(islands.length).toBeGreaterThan(25);
    for (const [number] of islands) expect(decisionOn(number)).toBe("country-not-enabled");
  });
});

describe.each(PLANS)("the plan of $country ($source)", ({ country, rows }) => {
  it.each(rows)("%s: %s (%s)", (number, decision) => {
    expect(decisionOn(number, [country])).toBe(decision);
  });

  it("is closed unless it is opened by name", () => {
    const numbers = rows.filter(([, decision]) => decision !== "phone-invalid");
    for (const [number] of numbers) expect(decisionOn(number)).toBe("country-not-enabled");
  });
});

describe("the codes of no country", () => {
  it.each(GLOBAL_PLAN)("%s: %s (%s)", (number, decision) => {
    expect(decisionOn(number, EVERY_COUNTRY)).toBe(decision);
    expect(decisionOn(number)).toBe(decision);
  });

  it("are all in the table", () => {
    const codes = new Set(GLOBAL_PLAN.map(([number]) => number.slice(1, 4)));
    for (const code of Object.keys(GLOBAL_CODES)) expect(codes).toContain(code);
  });
});

describe("the table of plans", () => {
  it("has more than 500 numbers of more than 70 countries, none of them twice in a plan", () => {
    const rows = [UK_PLAN, GLOBAL_PLAN, ...PLANS.map((plan) => plan.rows)];
    expect(rows.flat().length).toBeGreaterThan(500);
    expect(new Set(EVERY_COUNTRY).size).toBeGreaterThan(70);
    expect(new Set(PLANS.map(({ country }) => country)).size).toBe(PLANS.length);
    for (const plan of rows) expect(new Set(plan.map(([number]) => number)).size).toBe(plan.length);
  });

  it("gives every reason of the closed list", () => {
    const given = [UK_PLAN, GLOBAL_PLAN, ...PLANS.map(({ rows }) => rows)].flat();
    const decisions: readonly string[] = given.map(([, decision]) => decision);
    for (const reason of PHONE_REASONS) expect(decisions).toContain(reason);
  });
});
