import { describe, expect, it } from "vitest";
import { dollars, whole } from "../../cli/cost-table.ts";
import { costsOfAMillion, idleCosts, total } from "../../cli/costs.ts";
import { PRICES } from "../../cli/prices.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { PROOF_KEY_CHANGE, SIGNS_AFTER_SECONDS } from "../../functions/policy/proof-key-change.ts";
import { STAGES } from "../../infra/stages.ts";
import { PRODUCTION } from "../support/production.ts";
import { faultsOfTables } from "./security/faults.ts";
import { ASVS, ATTACKS, NIST } from "./security/requirements.ts";
import { hasTest, textOf } from "./security/titles.ts";

const PAGE = textOf("SECURITY.md");

describe("SECURITY.md", () => {
  it("states of each attack and each requirement what the code does", () => {
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

  const [short, inTenMinutes, inADay] = LIMITS.sendsPerNumber;
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

  const change = Object.values(PROOF_KEY_CHANGE).map((seconds) => whole(seconds));
  const minutes = SIGNS_AFTER_SECONDS / 60;
  it.each([
    ["README.md", `| US$ ${dollars(PRICES.twilioVerifyFee.dollars)} |`],
    ["explain/how-it-works.md", `may request another code after ${short.windowSeconds} seconds`],
    ["explain/proofs.md", `time of the check; ${LIMITS.proofLifetimeSeconds} seconds later`],
    ["explain/proofs.md", `is published ${whole(SIGNS_AFTER_SECONDS)} seconds before it signs`],
    ["explain/pumping.md", `From a ${{ 0.25: "quarter" }[LIMITS.challengeFromShareOfLimit]} of`],
    ["start/testing.md", `${inTenMinutes.max} messages in ${inTenMinutes.windowSeconds} seconds`],
    ["start/your-own-ui.md", `it is ${LIMITS.proofLifetimeSeconds} seconds after`],
    ["start/your-own-ui.md", `is sent one message in ${short.windowSeconds} seconds`],
    [
      "start/migrate-from-twilio-verify.md",
      `| ${inTenMinutes.max} in ${inTenMinutes.windowSeconds / 60} minutes, ${short.windowSeconds} seconds apart;`,
    ],
    [
      "start/migrate-from-twilio-verify.md",
      `| ${LIMITS.codeLifetimeSeconds / 60} minutes at most |`,
    ],
    ["operate/drills.md", `after ${Math.floor(minutes / 60)} hours and ${minutes % 60} minutes`],
    ["contribute/decisions/proofs-by-rs256.md", `that it is ${whole(SIGNS_AFTER_SECONDS)} seconds`],
    ...change.map((seconds) => ["contribute/decisions/proofs-by-rs256.md", seconds]),
  ])("%s states the number as it is: %s", (page = "", words) => {
    expect(textOf(page === "README.md" ? page : `docs/${page}`)).toContain(words);
  });

  it("states bounds of a bill that hold", () => {
    const stated = (words: string) =>
      Number(new RegExp(`${words} US\\$ ([\\d.]+\\d)`).exec(textOf("README.md"))?.[1]);
    expect(total(idleCosts(PRODUCTION))).toBeLessThan(
      stated("An idle month of production costs less than"),
    );
    expect(total(costsOfAMillion(PRODUCTION)) / 1_000_000).toBeLessThan(stated("AWS costs below"));
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
