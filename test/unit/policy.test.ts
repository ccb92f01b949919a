import { describe, expect, it } from "vitest";
import { LIMIT_BOUNDS, LIMITS, limitsWith, type SendLimit } from "../../functions/policy/limits.ts";
import { RETENTION } from "../../functions/policy/retention.ts";
import { CODE_SLOTS } from "../../functions/verification/verification.ts";

/** The most that one number could be sent while a code lives, by the rows: each row allows `max` in every window it covers. */
const sendsWithinBy = (rows: readonly SendLimit[], seconds: number) =>
  Math.min(...rows.map(({ max, windowSeconds }) => max * Math.ceil(seconds / windowSeconds)));

const BOTH = [
  ["without a ticket", LIMITS.sendsPerNumber],
  ["with one", LIMITS.sendsPerNumberWithTicket],
] as const;

describe.each(BOTH)("the limits of a number %s", (_, rows) => {
  const sendsWithin = (seconds: number) => sendsWithinBy(rows, seconds);

  it("keep the promises of the README: 300 seconds, 3 in ten minutes, 5 checks, 6 digits", () => {
    expect(LIMITS.codeLifetimeSeconds).toBeLessThanOrEqual(300);
    expect(LIMITS.codeDigits).toBeGreaterThanOrEqual(6);
    expect(LIMITS.checksPerVerification).toBeLessThanOrEqual(5);
    expect(rows).toContainEqual({ max: 3, windowSeconds: 600 });
    expect(rows).toContainEqual({ max: 1, windowSeconds: 30 });
    expect(Math.max(...rows.map(({ max }) => max))).toBeLessThanOrEqual(10);
  });

  it("keep them at every bound that a stage may set", () => {
    const least = {
      codeLifetimeSeconds: LIMIT_BOUNDS.codeLifetimeSeconds.max,
      codeDigits: LIMIT_BOUNDS.codeDigits.min,
      checksPerVerification: LIMIT_BOUNDS.checksPerVerification.max,
      secondsBetweenSends: LIMIT_BOUNDS.secondsBetweenSends.min,
      sendsPerTenMinutes: LIMIT_BOUNDS.sendsPerTenMinutes.max,
      sendsPerDay: LIMIT_BOUNDS.sendsPerDay.max,
      sendsPerDayWithTicket: LIMIT_BOUNDS.sendsPerDayWithTicket.max,
      ticketLifetimeSeconds: LIMIT_BOUNDS.ticketLifetimeSeconds.max,
      proofLifetimeSeconds: LIMIT_BOUNDS.proofLifetimeSeconds.max,
    };
    expect(LIMITS).toMatchObject(limitsWith(least));
    expect(LIMITS).toMatchObject(limitsWith({}));
  });

  it("let no more codes live at once than a verification has slots", () => {
    expect(sendsWithin(LIMITS.codeLifetimeSeconds)).toBeLessThanOrEqual(CODE_SLOTS);
  });

  it("close a number before its hundredth consecutive failure, whatever is in flight", () => {
    const inFlight = sendsWithin(LIMITS.codeLifetimeSeconds) * LIMITS.checksPerVerification;
    expect(LIMITS.consecutiveFailures - 1 + inFlight).toBeLessThan(100);
  });

  it("remember as many turns as any row counts", () => {
    expect(LIMITS.turnsRemembered).toBeGreaterThanOrEqual(Math.max(...rows.map(({ max }) => max)));
  });
});

describe("the retention", () => {
  it("keeps a verification longer than a start can be repeated and a proof be fetched", () => {
    const keptSeconds = LIMITS.codeLifetimeSeconds + RETENTION.verificationSeconds;
    expect(keptSeconds).toBeGreaterThan(RETENTION.claimSeconds);
    expect(RETENTION.verificationSeconds).toBeGreaterThanOrEqual(LIMITS.proofLifetimeSeconds);
  });

  it("keeps a number as long as its longest window, its failures and its tickets", () => {
    const windows = LIMITS.sendsPerNumber.map(({ windowSeconds }) => windowSeconds);
    expect(RETENTION.numberSeconds).toBeGreaterThanOrEqual(
      Math.max(...windows, LIMITS.failureMemorySeconds, LIMITS.ticketLifetimeSeconds),
    );
  });
});
