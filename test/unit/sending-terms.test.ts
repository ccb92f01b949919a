import { describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { scopeTermsOf } from "../../infra/sending-terms.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";

const PROD: Stage = STAGES.prod;
const floorsOf = (change: Pick<Stage, "spend" | "scopes">) => {
  const { limits } = scopeTermsOf({ ...PROD, ...change });
  return [limits["home-country"].floor, limits.service.floor];
};
const spend = (dollarsPerHour: number) => ({
  spend: { ...PROD.spend, dollarsPerHour, dollarsPerDay: 10 * dollarsPerHour },
});

describe("the floors of the home country and of everybody", () => {
  it("are two fifths and half of the messages that the hour's cap buys", () => {
    // 1,000 messages of 6 cents.
    expect(floorsOf(spend(60))).toEqual([400, 500]);
    expect(floorsOf(spend(6))).toEqual([40, 50]);
  });

  it("and never more than limits.ts says, however much may be spent", () => {
    const { unprovenSends } = LIMITS;
    expect(floorsOf(spend(6_000))).toEqual([
      unprovenSends["home-country"].floor,
      unprovenSends.service.floor,
    ]);
  });

  it("unless the stage names its own", () => {
    const scopes = { "home-country": { floor: 2_000 }, service: { floor: 3_000 } };
    expect(floorsOf({ ...spend(60), scopes })).toEqual([2_000, 3_000]);
  });
});
