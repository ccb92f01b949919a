import { describe, expect, it } from "vitest";
import { onlyTo } from "../../../functions/adapters/twilio/recipients.ts";
import { start } from "../../../functions/verification/start.ts";
import { aStart, type Deps, fictionalNumber, someDeps } from "../../support/deps.ts";

const LISTED = fictionalNumber(1);
const STRANGER = fictionalNumber(2);

/** Deps whose provider reaches only these numbers. */
function reaching(recipients: () => string[] | undefined): Deps {
  const deps = someDeps();
  const credentials = async () => ({ recipients: recipients() });
  const sender = onlyTo({ credentials, logFault: deps.logFault }, deps.sender);
  return { ...deps, sender };
}

describe("a stage that sends to a list", () => {
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
