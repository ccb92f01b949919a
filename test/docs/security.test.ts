import { describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { STAGES } from "../../infra/stages.ts";
import { faultsOfTables } from "./security/faults.ts";
import { ASVS, ATTACKS, NIST } from "./security/requirements.ts";
import { hasTest, textOf } from "./security/titles.ts";

const PAGE = textOf("SECURITY.md");

describe("SECURITY.md", () => {
  it("says of each attack and each requirement what is so", () => {
    expect(faultsOfTables()).toEqual([]);
  });

  it("has all rows: 89 attacks, and the requirements that were chosen", () => {
    const ids = ATTACKS.map(({ id }) => id);
    const rows = { A: 22, B: 13, C: 10, D: 12, E: 9, F: 19, G: 4 };
    const wanted = Object.entries(rows).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    expect(ids).toEqual(wanted);
    expect([ASVS.length, NIST.length]).toEqual([91, 21]);
  });

  const [, inTenMinutes, inADay] = LIMITS.sendsPerNumber;
  const { requestsPerSecond } = STAGES.prod.throttle;
  const { requestsPerAddress } = STAGES.prod.firewall;
  const guesses =
    Math.max(...LIMITS.sendsPerNumberWithTicket.map(({ max }) => max)) *
    LIMITS.checksPerVerification;
  it.each([
    `at most ${inTenMinutes.max} in ${inTenMinutes.windowSeconds} seconds and ${inADay.max} in ${inADay.windowSeconds} seconds`,
    `${LIMITS.checksPerVerification} in 999,980 for a message, ${guesses} a day at one number (${guesses / 10_000} %)`,
    `ends after ${LIMITS.proofLifetimeSeconds} seconds`,
    `take up to ${LIMITS.switchCacheSeconds} seconds`,
    `After ${LIMITS.consecutiveFailures} wrong codes in a row`,
    `or ${LIMITS.failureMemorySeconds / 86_400} days pass`,
    `three more starts, ${LIMITS.ticketTurnsPerApproval * LIMITS.checksPerVerification} more guesses`,
    `${Math.ceil((requestsPerSecond * 300) / requestsPerAddress)} addresses fill the production throttle of a route, and ${(STAGES.prod.sendThrottle.requestsPerSecond * 3_000) / requestsPerAddress} that of starts`,
    `repeats a refusal for ${LIMITS.refusalCacheSeconds} seconds and a read for ${LIMITS.readCacheSeconds} second`,
  ])("states the number as it is: %s", (words) => {
    expect(PAGE).toContain(words);
  });
});

describe("the search for a test", () => {
  const file = "test/docs/security.test.ts";

  it("finds one that is there, and none that is only spoken of", () => {
    expect(
      hasTest({ file, title: "finds one that is there, and none that is only spoken of" }),
    ).toBe(true);
    expect(hasTest({ file, title: "a test that is none" })).toBe(false);
    expect(hasTest({ file: "test/docs/none.test.ts", title: "SECURITY.md" })).toBe(false);
  });
});
