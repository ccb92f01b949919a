import { afterAll, describe, expect, it } from "vitest";
import { MAGIC_NUMBER_CASES } from "../../cli/smoke/magic-number-cases.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import type { Delivery } from "../../local/twilio/message-handlers.ts";
import { clientOf, liveClient, testClient } from "./support/twilio-clients.ts";

const deliveries: Delivery[] = [];
const emulator = await startEmulator((delivery) => deliveries.push(delivery), memoryJournal());
afterAll(emulator.stop);

const live = () => liveClient(() => emulator);
const key = () => {
  const { accountSid, apiKeySid, apiKeySecret } = emulator.account;
  return { user: apiKeySid, password: apiKeySecret, accountSid };
};
const test = (token?: string) => testClient(() => emulator, token);

const GOOD = "+15005550006";
const ANY = "+447700900123";
const MESSAGE = { from: GOOD, to: ANY, body: "a text" };
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

  it("keep nothing: what they made cannot be fetched, and nothing else is theirs", async () => {
    const { sid } = await test().messages.create(MESSAGE);
    const refusal = { status: 403, code: 20008 };
    await expect(test().messages(sid).fetch()).rejects.toMatchObject(refusal);
    await expect(test().messages(sid).update({ body: "" })).rejects.toMatchObject(refusal);
    await expect(test().messages(sid).feedback.create()).rejects.toMatchObject(refusal);
    await expect(test().messages.list()).rejects.toMatchObject(refusal);
    expect(emulator.stored(sid)).toBeUndefined();
  });

  it("are refused with another token, and for the account of the others", async () => {
    const refusal = { status: 401, code: 20003 };
    await expect(test("another").messages.create(MESSAGE)).rejects.toMatchObject(refusal);
    const { accountSid, testAccountSid, testAuthToken } = emulator.account;
    const crossed = clientOf(() => emulator, {
      user: testAccountSid,
      password: testAuthToken,
      accountSid,
    });
    await expect(crossed.messages.create(MESSAGE)).rejects.toMatchObject(refusal);
  });
});

it("the account's own token does what an API key does, and reads the account, as no key does", async () => {
  const { accountSid, authToken } = emulator.account;
  const owner = clientOf(() => emulator, { user: accountSid, password: authToken, accountSid });
  expect(await owner.messages.create(MESSAGE)).toMatchObject({ status: "queued" });
  const account = (client: typeof owner) => client.api.v2010.accounts(accountSid).fetch();
  expect(await account(owner)).toMatchObject({ sid: accountSid, status: "active" });
  await expect(account(live())).rejects.toMatchObject({ status: 401, code: 20003 });
});

it("messages are listed with the newest first", async () => {
  const sent = [await live().messages.create(MESSAGE), await live().messages.create(MESSAGE)];
  const listed = await live().messages.list({ pageSize: 2, limit: 2 });
  expect(listed.map(({ sid }) => sid)).toEqual(sent.map(({ sid }) => sid).toReversed());
});

function post(path: string, form: Readonly<Record<string, string>> | string): Promise<Response> {
  const { accountSid, apiKeySid, apiKeySecret } = emulator.account;
  const authorization = `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret}`).toString("base64")}`;
  return fetch(`${emulator.baseUrl}/2010-04-01/Accounts/${accountSid}/${path}`, {
    method: "POST",
    headers: { authorization },
    body: new URLSearchParams(form),
  });
}

describe("a message sent with Twilio's own client", () => {
  it("is queued, arrives at its phone, and can be fetched", async () => {
    const before = Math.floor(Date.now() / 1_000) * 1_000;
    const message = await live().messages.create({
      from: GOOD,
      to: ANY,
      body: "a text",
      validityPeriod: 300,
      provideFeedback: true,
      smartEncoded: true,
    });
    expect(message).toMatchObject({
      status: "queued",
      to: ANY,
      from: GOOD,
      body: "a text",
      numSegments: "1",
    });
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    // Twilio's times have whole seconds.
    expect(message.dateCreated.getTime()).toBeGreaterThanOrEqual(before);
    expect(message.dateCreated.getTime()).toBeLessThanOrEqual(Date.now());
    const { sid } = message;
    expect(deliveries).toContainEqual({ sid, to: ANY, text: "a text", channel: "sms" });
    await expect
      .poll(async () => (await live().messages(message.sid).fetch()).status)
      .toBe("delivered");
  });

  it("can be redacted and reported on, and the phone keeps its copy", async () => {
    const { sid } = await live().messages.create({ from: GOOD, to: ANY, body: "to be emptied" });
    await live().messages(sid).update({ body: "" });
    const feedback = await live().messages(sid).feedback.create({ outcome: "confirmed" });
    expect(feedback).toMatchObject({ messageSid: sid, outcome: "confirmed" });
    expect(emulator.stored(sid)).toMatchObject({ body: "" });
    expect(emulator.feedback(sid)).toEqual(["confirmed"]);
    expect(deliveries.find((arrival) => arrival.sid === sid)?.text).toBe("to be emptied");
  });

  it("that is unknown cannot be changed", async () => {
    await expect(
      live()
        .messages(`SM${"0".repeat(32)}`)
        .update({ body: "" }),
    ).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it.each([{ password: "another" }, { accountSid: `AC${"0".repeat(32)}` }])(
    "with %o in place of its own is refused",
    async (wrong) => {
      const making = clientOf(() => emulator, { ...key(), ...wrong }).messages.create(MESSAGE);
      await expect(making).rejects.toMatchObject({ status: 401, code: 20003 });
    },
  );
});

describe("a form that the API does not allow", () => {
  const WHOLE = { To: ANY, From: GOOD, Body: "a text" };
  const { To, From, Body } = WHOLE;

  it.each([
    ["no recipient", { From, Body }, 21604],
    ["no sender", { To, Body }, 21603],
    ["no body", { To, From }, 21602],
    ["a body that is too long", { ...WHOLE, Body: "a".repeat(1_601) }, 21617],
    ["a parameter that Twilio does not have", { ...WHOLE, Colour: "red" }, 20001],
    ["a parameter named like a part of every object", { ...WHOLE, constructor: "red" }, 20001],
    ["no number for a number", { ...WHOLE, ValidityPeriod: "soon" }, 20001],
    ["a life that is too long", { ...WHOLE, ValidityPeriod: "36001" }, 20001],
    ["no boolean for a boolean", { ...WHOLE, ProvideFeedback: "perhaps" }, 20001],
    ["a value outside its list", { ...WHOLE, RiskCheck: "off" }, 20001],
    ["a service without its letters", { To, Body, MessagingServiceSid: "SM1" }, 20001],
    ["a callback that is no address", { ...WHOLE, StatusCallback: "here" }, 20001],
  ])("with %s is refused", async (_, form, code) => {
    const response = await post("Messages.json", form);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code, status: 400, message: expect.any(String) });
  });

  it("with a parameter twice is refused", async () => {
    const response = await post(
      "Messages.json",
      `${new URLSearchParams(WHOLE)}&To=${encodeURIComponent(ANY)}`,
    );
    expect(response.status).toBe(400);
  });

  it("that puts a text in place of another is refused", async () => {
    const { sid } = await live().messages.create({ from: GOOD, to: ANY, body: "a text" });
    const response = await post(`Messages/${sid}.json`, { Body: "another" });
    expect(response.status).toBe(400);
    expect(emulator.stored(sid)?.body).toBe("a text");
  });

  it("for a path that Twilio does not have is refused", async () => {
    const response = await post("Messages/SM1.json", { Body: "" });
    expect(response.status).toBe(404);
  });

  it("without credentials is refused, whatever the path", async () => {
    const response = await fetch(`${emulator.baseUrl}/2010-04-01/Accounts.json`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 20003 });
  });
});
