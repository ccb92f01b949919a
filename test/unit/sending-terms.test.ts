import { describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { challengeOf, scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";

const { knownNumbers, ...PROD } = STAGES.prod;
const limitsIn = (change: Pick<Stage, "spend" | "scopes" | "knownNumbers">) => {
  const { limits } = scopeTermsOf({ ...PROD, ...change });
  return [limits["home-country"].max, limits.service.max];
};
const spend = (dollarsPerHour: number) => ({
  spend: { ...PROD.spend, dollarsPerHour, dollarsPerDay: 10 * dollarsPerHour },
});

describe("the limits of the home country and of the service", () => {
  it("are two fifths and half of the messages that the hour's cap buys", () => {
    // 1,000 messages of 6 cents.
    expect(limitsIn(spend(60))).toEqual([400, 500]);
    expect(limitsIn(spend(6))).toEqual([40, 50]);
  });

  it("leave out the messages that are kept for known numbers", () => {
    // A tenth of the day's 10,000.
    expect(limitsIn({ ...spend(60), knownNumbers })).toEqual([360, 450]);
  });

  it("and never more than limits.ts allows, however much may be spent", () => {
    const { unverifiedSends } = LIMITS;
    expect(limitsIn(spend(6_000))).toEqual([
      unverifiedSends["home-country"].max,
      unverifiedSends.service.max,
    ]);
  });

  it("unless the stage names its own", () => {
    const scopes = { "home-country": { max: 2_000 }, service: { max: 3_000 } };
    expect(limitsIn({ ...spend(60), scopes })).toEqual([2_000, 3_000]);
  });
});

describe("the shards of what many share", () => {
  const shardsAt = (requestsPerSecond: number, countries: Stage["countries"] = ["GB"]) => {
    const stage = { ...PROD, countries, sendThrottle: { requestsPerSecond, burst: 1 } };
    return spendTermsOf(stage).shards;
  };

  it("are one while all methods that send write one item less than 500 times a second", () => {
    // Start and resend, of pages and of back ends, each at the throttle, and three with a key at 0.3 of it; each send writes twice.
    expect(shardsAt(51)).toBe(1);
    expect(shardsAt(52)).toBe(2);
  });

  it("are those of the gateway's own limit, for every throttle", () => {
    expect(shardsAt(2_500)).toBe(40);
    expect(shardsAt(10_000)).toBe(40);
  });

  it("are more where items are heavier, from the thirteenth country on, the seventh with known numbers, or the eleventh where each has a day", () => {
    const eleven = ["GB", "FR", "DE", "ES", "IT", "NL", "BE", "PL", "PT", "IE", "SE"] as const;
    expect(shardsAt(2_500, [...eleven, "NO"])).toBe(40);
    expect(shardsAt(2_500, [...eleven, "NO", "DK"])).toBe(80);
    const sendThrottle = { requestsPerSecond: 2_500, burst: 1 };
    const shardsOf = (count: number, stage: Stage) =>
      spendTermsOf({ ...stage, countries: eleven.slice(0, count), sendThrottle }).shards;
    expect([6, 7].map((count) => shardsOf(count, STAGES.prod))).toEqual([40, 80]);
    const withDays = { ...PROD, scopes: { country: { maxPerDay: 400 } } };
    expect([10, 11].map((count) => shardsOf(count, withDays))).toEqual([40, 80]);
  });
});

it("the action of a challenge has what reCAPTCHA takes in one", () => {
  expect(challengeOf(STAGES.prod)?.action).toMatch(/^[A-Za-z0-9/_]+$/);
});
