import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TwilioTransport } from "../../functions/adapters/twilio/transport.ts";
import { forgetfulJournal } from "../../local/persistence/journal.ts";
import { type Emulator, startEmulator } from "../../local/twilio/emulator.ts";
import type { Delivery } from "../../local/twilio/message-handlers.ts";

const arrivals: Delivery[] = [];
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator((arrival) => arrivals.push(arrival), forgetfulJournal());
});
afterAll(() => emulator.stop());

const OWNED = "+15005550006";
const TO = "+447700900123";

function client(secret = emulator.account.apiKeySecret): twilio.Twilio {
  const { accountSid, apiKeySid } = emulator.account;
  return twilio(apiKeySid, secret, {
    accountSid,
    httpClient: new TwilioTransport({ baseUrl: emulator.baseUrl }),
  });
}

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
    const message = await client().messages.create({
      from: OWNED,
      to: TO,
      body: "a text",
      validityPeriod: 300,
      provideFeedback: true,
      smartEncoded: true,
    });
    expect(message).toMatchObject({
      status: "queued",
      to: TO,
      from: OWNED,
      body: "a text",
      numSegments: "1",
    });
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    // Twilio's times have whole seconds.
    expect(message.dateCreated.getTime()).toBeGreaterThanOrEqual(before);
    expect(message.dateCreated.getTime()).toBeLessThanOrEqual(Date.now());
    expect(arrivals).toContainEqual(
      expect.objectContaining({ sid: message.sid, to: TO, text: "a text" }),
    );
    await expect
      .poll(async () => (await client().messages(message.sid).fetch()).status)
      .toBe("delivered");
  });

  it("can be redacted and reported on, and the phone keeps its copy", async () => {
    const { sid } = await client().messages.create({ from: OWNED, to: TO, body: "to be emptied" });
    await client().messages(sid).update({ body: "" });
    const feedback = await client().messages(sid).feedback.create({ outcome: "confirmed" });
    expect(feedback).toMatchObject({ messageSid: sid, outcome: "confirmed" });
    expect(emulator.stored(sid)).toMatchObject({ body: "" });
    expect(emulator.feedback(sid)).toEqual(["confirmed"]);
    expect(arrivals.find((arrival) => arrival.sid === sid)?.text).toBe("to be emptied");
  });

  it("through a messaging service is accepted, its sender not yet chosen", async () => {
    const messagingServiceSid = `MG${"0".repeat(32)}`;
    const message = await client().messages.create({ messagingServiceSid, to: TO, body: "a text" });
    expect(message).toMatchObject({
      status: "accepted",
      from: null,
      messagingServiceSid,
      numSegments: "0",
    });
  });

  it("that is unknown cannot be changed", async () => {
    await expect(
      client()
        .messages(`SM${"0".repeat(32)}`)
        .update({ body: "" }),
    ).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it("with another secret is refused", async () => {
    await expect(
      client("another").messages.create({ from: OWNED, to: TO, body: "a" }),
    ).rejects.toMatchObject({ status: 401, code: 20003 });
  });
});

describe("a form that the API does not allow", () => {
  const WHOLE = { To: TO, From: OWNED, Body: "a text" };
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
      `${new URLSearchParams(WHOLE)}&To=${encodeURIComponent(TO)}`,
    );
    expect(response.status).toBe(400);
  });

  it("that puts a text in place of another is refused", async () => {
    const { sid } = await client().messages.create({ from: OWNED, to: TO, body: "a text" });
    const response = await post(`Messages/${sid}.json`, { Body: "another" });
    expect(response.status).toBe(400);
    expect(emulator.stored(sid)?.body).toBe("a text");
  });

  it("for a path that Twilio does not have is refused", async () => {
    const response = await post("Messages/SM1.json", { Body: "" });
    expect(response.status).toBe(404);
  });

  it("for the account of somebody else is refused", async () => {
    const { apiKeySid, apiKeySecret } = emulator.account;
    const httpClient = new TwilioTransport({ baseUrl: emulator.baseUrl });
    const stranger = twilio(apiKeySid, apiKeySecret, {
      accountSid: `AC${"0".repeat(32)}`,
      httpClient,
    });
    await expect(
      stranger.messages.create({ from: OWNED, to: TO, body: "a" }),
    ).rejects.toMatchObject({ code: 20003 });
  });

  it("without credentials is refused, whatever the path", async () => {
    const response = await fetch(`${emulator.baseUrl}/2010-04-01/Accounts.json`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 20003 });
  });
});
