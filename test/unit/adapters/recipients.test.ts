import { describe, expect, it } from "vitest";
import { reachingAsFarAs, twilioReachOf } from "../../../functions/adapters/twilio/credentials.ts";
import { onlyTo } from "../../../functions/adapters/twilio/recipients.ts";
import { start } from "../../../functions/verification/start.ts";
import { aStart, type Deps, fictionalNumber, someDeps } from "../../support/deps.ts";

const LISTED = fictionalNumber(1);
const STRANGER = fictionalNumber(2);
const CREDENTIALS = {
  mode: "live",
  accountSid: `AC${"0a".repeat(16)}`,
  apiKeySid: `SK${"2c".repeat(16)}`,
  apiKeySecret: "a secret",
  from: "LATCHKEY",
} as const;

/** Deps whose provider reaches only these numbers. */
function reaching(recipients: () => string[] | undefined): Deps {
  const deps = someDeps();
  const credentials = async () => ({ recipients: recipients() });
  const sender = onlyTo({ credentials, logFault: deps.logFault }, deps.sender);
  return { ...deps, sender };
}

describe("a stage that sends to a list", () => {
  it("sends to who is on it", async () => {
    const deps = reaching(() => [LISTED]);
    expect((await start(deps, aStart({ to: LISTED }))).kind).toBe("started");
    expect(deps.messages.map(({ to }) => to)).toEqual([LISTED]);
  });

  it("sends to no other number, with the reason, and releases the turn", async () => {
    const list = [LISTED];
    const deps = reaching(() => list);
    expect(await start(deps, aStart({ to: STRANGER }))).toEqual({
      kind: "refused",
      why: "phone-not-allowed",
      reason: "not-a-recipient",
    });
    expect(deps.messages).toEqual([]);
    // A turn that was kept would refuse this one for 30 seconds.
    list.push(STRANGER);
    expect((await start(deps, aStart({ to: STRANGER }))).kind).toBe("started");
  });

  it("sends nothing to a removed number from then on", async () => {
    const list = [LISTED];
    const deps = reaching(() => list);
    list.length = 0;
    expect(await start(deps, aStart({ to: LISTED }))).toMatchObject({ reason: "not-a-recipient" });
  });

  it("sends nothing where the list cannot be read, and informs the operator", async () => {
    const deps = reaching(() => {
      throw new Error("no secret");
    });
    expect(await start(deps, aStart({ to: LISTED }))).toMatchObject({
      kind: "refused",
      why: "provider-unavailable",
    });
    expect(deps.messages).toEqual([]);
    expect(deps.faults).toEqual(["message-refused"]);
  });

  it("sends nothing if the secret has no list", async () => {
    const deps = reaching(() => undefined);
    expect(await start(deps, aStart({ to: LISTED }))).toMatchObject({ reason: "not-a-recipient" });
    expect(deps.faults).toEqual([]);
  });
});

describe("the list beside the credentials", () => {
  const withList = { ...CREDENTIALS, recipients: [LISTED] };

  it("must be there in a stage that sends to a list, and only there", () => {
    expect(reachingAsFarAs("listed", withList)).toBe(withList);
    expect(reachingAsFarAs("anyone", CREDENTIALS)).toBe(CREDENTIALS);
    expect(() => reachingAsFarAs("listed", CREDENTIALS)).toThrow("names no recipients");
    expect(() => reachingAsFarAs("anyone", withList)).toThrow("names recipients");
  });

  it.each(["listed", "anyone"])("is requested as the environment sets: %s", (reach) => {
    expect(twilioReachOf({ TWILIO_RECIPIENTS: reach })).toBe(reach);
  });

  it("is asked for in one of two words, or nothing starts", () => {
    expect(() => twilioReachOf({ TWILIO_RECIPIENTS: "" })).toThrow("anyone or listed");
  });
});
