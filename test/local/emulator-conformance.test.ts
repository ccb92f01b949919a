import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAGIC_NUMBER_CASES } from "../../cli/smoke/magic-number-cases.ts";
import { forgetfulJournal } from "../../local/persistence/journal.ts";
import { type Emulator, startEmulator } from "../../local/twilio/emulator.ts";
import { MAGIC_NUMBERS } from "../../local/twilio/magic-numbers.ts";
import type { Delivery } from "../../local/twilio/message-handlers.ts";
import { clientOf, liveClient, testClient } from "./support/twilio-clients.ts";

const deliveries: Delivery[] = [];
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator((delivery) => deliveries.push(delivery), forgetfulJournal());
});
afterAll(() => emulator.stop());

const live = () => liveClient(() => emulator);
const test = (token?: string) => testClient(() => emulator, token);

const GOOD = "+15005550006";
const ANY = "+447700900123";
const TWIML = "<Response><Say>Hello</Say></Response>";

describe("test credentials", () => {
  it.each(MAGIC_NUMBER_CASES)(
    "a $resource $side $number is $expected",
    async ({ resource, side, number, expected }) => {
      const before = deliveries.length;
      const sides = { from: GOOD, to: ANY, [side]: number };
      const making =
        resource === "message"
          ? test().messages.create({ ...sides, body: "a text" })
          : test().calls.create({ ...sides, twiml: TWIML });
      if (expected === "accepted") {
        expect(await making).toMatchObject({ status: "queued", ...sides });
      } else {
        await expect(making).rejects.toMatchObject({
          status: 400,
          code: expected,
          moreInfo: `https://www.twilio.com/docs/errors/${expected}`,
        });
      }
      expect(deliveries).toHaveLength(before);
    },
  );

  it("the table has every number that the emulator knows", () => {
    const known = Object.entries(MAGIC_NUMBERS).flatMap(([resource, { senders, recipients }]) => [
      ...Object.entries(senders).map(([number, code]) => `${resource} from ${number} ${code}`),
      ...Object.entries(recipients).map(([number, code]) => `${resource} to ${number} ${code}`),
    ]);
    const documented = MAGIC_NUMBER_CASES.map(
      ({ resource, side, number, expected }) => `${resource}s ${side} ${number} ${expected}`,
    );
    expect(documented).toEqual(expect.arrayContaining(known));
  });

  it("keep nothing: what they made cannot be fetched, and nothing else is theirs", async () => {
    const { sid } = await test().messages.create({ from: GOOD, to: ANY, body: "a text" });
    const refusal = { status: 403, code: 20008 };
    await expect(test().messages(sid).fetch()).rejects.toMatchObject(refusal);
    await expect(test().messages(sid).update({ body: "" })).rejects.toMatchObject(refusal);
    await expect(test().messages(sid).feedback.create()).rejects.toMatchObject(refusal);
    await expect(test().messages.list()).rejects.toMatchObject(refusal);
    expect(emulator.stored(sid)).toBeUndefined();
  });

  it("are refused with another token, and for the account of the others", async () => {
    const refusal = { status: 401, code: 20003 };
    const message = { from: GOOD, to: ANY, body: "a text" };
    await expect(test("another").messages.create(message)).rejects.toMatchObject(refusal);
    const { accountSid, testAccountSid, testAuthToken } = emulator.account;
    const crossed = clientOf(() => emulator, {
      user: testAccountSid,
      password: testAuthToken,
      accountSid,
    });
    await expect(crossed.messages.create(message)).rejects.toMatchObject(refusal);
  });
});

describe("an API key", () => {
  it("sends, to its phone", async () => {
    const { sid } = await live().messages.create({ from: GOOD, to: ANY, body: "a text" });
    expect(deliveries.at(-1)).toEqual({ sid, to: ANY, text: "a text", channel: "sms" });
  });

  it("can be replaced by the account's own token", async () => {
    const { accountSid, authToken } = emulator.account;
    const owner = clientOf(() => emulator, { user: accountSid, password: authToken, accountSid });
    expect(await owner.messages.create({ from: GOOD, to: ANY, body: "a" })).toMatchObject({
      status: "queued",
    });
  });
});
