import { afterAll, afterEach, describe, expect, it } from "vitest";
import { memoryJournal } from "../../local/persistence/journal.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import { CALLBACK_PLANS } from "../../local/twilio/message-courses.ts";
import type { Delivery } from "../../local/twilio/message-handlers.ts";
import { PHONE_WITH_RCS, TROUBLED_NUMBERS } from "../../local/twilio/troubled-numbers.ts";
import { isSigned, startListener } from "./support/listener.ts";
import { liveClient, testClient } from "./support/twilio-clients.ts";

/** Of lateness and of reading. */
const SECOND_MILLISECONDS = 20;
const GOOD = "+15005550006";
const ANY = "+447700900123";
const TEMPLATE = `HX${"0a".repeat(16)}`;

type Arrival = Delivery & { readonly afterMilliseconds: number };
const arrivals: Arrival[] = [];
const emulator = await startEmulator(
  (delivery, afterMilliseconds = 0) => void arrivals.push({ ...delivery, afterMilliseconds }),
  memoryJournal(),
  { secondMilliseconds: SECOND_MILLISECONDS },
);
const listener = await startListener();
afterAll(() => Promise.all([emulator.stop(), listener.stop()]));
afterEach(() => {
  turn += 1;
  listener.reply = () => ({ status: 204 });
  emulator.setCallbacks(undefined);
});

const live = () => liveClient(() => emulator);
/** Callbacks of one test may come while the next one runs. */
let turn = 1;
const callbackPath = () => `/v1/deliveries/twilio?token=a%20b&turn=${turn}`;
const callbackUrl = () => listener.url + callbackPath();
const heard = () => listener.heard.filter(({ path }) => path === callbackPath());
const statuses = () => heard().map(({ form }) => form["MessageStatus"]);

function sms(to: string, statusCallback = callbackUrl()) {
  return live().messages.create({ from: GOOD, to, body: "a text", statusCallback });
}

const messagingServiceSid = `MG${"0".repeat(32)}`;
function byService(to: string) {
  const statusCallback = callbackUrl();
  return live().messages.create({ messagingServiceSid, to, body: "a text", statusCallback });
}

function whatsapp(to: string, contentVariables = '{"1":"492817"}') {
  return live().messages.create({
    from: `whatsapp:${GOOD}`,
    to: `whatsapp:${to}`,
    contentSid: TEMPLATE,
    contentVariables,
    statusCallback: callbackUrl(),
  });
}

/** Long enough for a callback that should not come. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 250));

describe("the callbacks of a message", () => {
  it("carry a signature that Twilio's own check accepts, for this address and this form alone", async () => {
    const { sid } = await sms(ANY, `${callbackUrl()}#rc=2&rp=all`);
    await expect.poll(heard).toHaveLength(3);
    const { authToken, accountSid } = emulator.account;
    for (const one of heard()) {
      expect(one.form).toMatchObject({ MessageSid: sid, AccountSid: accountSid, To: ANY });
      expect(isSigned(authToken, listener, one)).toBe(true);
      expect(isSigned("another", listener, one)).toBe(false);
      expect(isSigned(authToken, listener, { ...one, path: `${one.path}1` })).toBe(false);
      const form = { ...one.form, MessageStatus: "failed" };
      expect(isSigned(authToken, listener, { ...one, form })).toBe(false);
    }
  });

  it("have the fields of an SMS, its receipt when a carrier gave one", async () => {
    const { sid } = await sms(ANY);
    await expect.poll(statuses).toEqual(["sending", "sent", "delivered"]);
    const form = {
      AccountSid: emulator.account.accountSid,
      ApiVersion: "2010-04-01",
      From: GOOD,
      MessageSid: sid,
      MessageStatus: "sent",
      SmsSid: sid,
      SmsStatus: "sent",
      To: ANY,
    };
    expect(heard()[1]?.form).toEqual(form);
    expect(heard()[2]?.form).toEqual({
      ...form,
      MessageStatus: "delivered",
      SmsStatus: "delivered",
      RawDlrDoneDate: expect.stringMatching(/^\d{10}$/),
    });
  });

  it("have the fields of WhatsApp, and report when it was read", async () => {
    await whatsapp(ANY);
    await expect.poll(statuses).toEqual(["sending", "sent", "delivered", "read"]);
    expect(heard().at(-1)?.form).toMatchObject({
      To: `whatsapp:${ANY}`,
      From: `whatsapp:${GOOD}`,
      ChannelPrefix: "whatsapp",
      ChannelToAddress: ANY,
      ChannelInstallSid: expect.stringMatching(/^XE[0-9a-f]{32}$/),
      EventType: "READ",
    });
    expect(heard().every((one) => isSigned(emulator.account.authToken, listener, one))).toBe(true);
  });

  it("begin with the choice of a sender where a service has to make it", async () => {
    const message = await byService(ANY);
    const unchosen = { status: "accepted", from: null, numSegments: "0" };
    expect(message).toMatchObject({ ...unchosen, messagingServiceSid });
    await expect.poll(statuses).toEqual(["queued", "sending", "sent", "delivered"]);
    expect(heard()[0]?.form).toMatchObject({ MessagingServiceSid: messagingServiceSid });
    expect(heard()[0]?.form).not.toHaveProperty("From");
  });

  it("name RCS where a service has delivered by it, and no other sender does", async () => {
    await byService(PHONE_WITH_RCS);
    await expect.poll(statuses).toHaveLength(4);
    expect(heard().at(-1)?.form).toMatchObject({ ChannelPrefix: "rcs", EventType: "DELIVERED" });
    expect(heard().at(-1)?.form["From"]).toMatch(/^rcs:/);
    await sms(PHONE_WITH_RCS);
    await expect.poll(statuses).toHaveLength(7);
    expect(heard().at(-1)?.form).toMatchObject({ From: GOOD, MessageStatus: "delivered" });
  });

  it("are repeated without an answer, as the address asks for, with one token", async () => {
    listener.reply = () => ({ status: heard().length < 3 ? 503 : 204 });
    emulator.setCallbacks([{ status: "sent", afterMilliseconds: 0 }]);
    await sms(ANY, `${callbackUrl()}#rc=3&rp=5xx`);
    await expect.poll(heard).toHaveLength(3);
    const tokens = heard().map(({ headers }) => headers["i-twilio-idempotency-token"]);
    expect(new Set(tokens).size).toBe(1);
    await aWhile();
    expect(heard()).toHaveLength(3);
  });

  it("do not come again on a fault where the address does not ask for it", async () => {
    listener.reply = () => ({ status: 500 });
    emulator.setCallbacks([{ status: "sent", afterMilliseconds: 0 }]);
    await sms(ANY);
    await expect.poll(heard).toHaveLength(1);
    await aWhile();
    expect(heard()).toHaveLength(1);
  });

  it.each([
    [
      "never, where they are asked to",
      () => {
        emulator.setCallbacks(CALLBACK_PLANS.never);
        return sms(ANY);
      },
    ],
    [
      "never for test credentials",
      () =>
        testClient(() => emulator).messages.create({
          from: GOOD,
          to: ANY,
          body: "a text",
          statusCallback: callbackUrl(),
        }),
    ],
    ["never without an address", () => live().messages.create({ from: GOOD, to: ANY, body: "a" })],
  ])("come %s", async (_, sending) => {
    await sending();
    await aWhile();
    expect(heard()).toEqual([]);
  });
});

describe("a number that goes wrong on purpose", () => {
  const troubles = Object.entries(TROUBLED_NUMBERS);
  const ofKind = (channel: "sms" | "whatsapp") =>
    troubles.flatMap(([to, trouble]) => {
      const { end, refusalCode } = trouble[channel] ?? {};
      return [{ to, end, refusalCode }];
    });

  it.each(ofKind("sms").filter(({ refusalCode }) => refusalCode !== undefined))(
    "$to is refused with $refusalCode",
    async ({ to, refusalCode }) => {
      const before = arrivals.length;
      await expect(sms(to)).rejects.toMatchObject({ status: 400, code: refusalCode });
      expect(arrivals).toHaveLength(before);
      expect(emulator.incidents().at(-1)).toMatchObject({
        sid: "",
        to,
        what: [`refused with error ${refusalCode}`],
      });
    },
  );

  it.each(
    (["sms", "whatsapp"] as const).flatMap((channel) =>
      ofKind(channel).flatMap(({ to, end }) =>
        end === undefined ? [] : [{ channel, to, ...end }],
      ),
    ),
  )("$to by $channel ends $status with $errorCode", async ({ channel, to, status, errorCode }) => {
    const before = arrivals.length;
    const { sid } = await (channel === "sms" ? sms(to) : whatsapp(to));
    const expected = status === "failed" ? ["failed"] : ["sending", "sent", "undelivered"];
    await expect.poll(statuses).toEqual(expected);
    expect(heard().at(-1)?.form).toMatchObject({ ErrorCode: String(errorCode) });
    expect(
      heard()
        .slice(0, -1)
        .every(({ form }) => form["ErrorCode"] === undefined),
    ).toBe(true);
    expect(await live().messages(sid).fetch()).toMatchObject({ status, errorCode });
    await aWhile();
    expect(statuses()).toEqual(expected);
    expect(arrivals).toHaveLength(before);
    expect(emulator.incidents().at(-1)).toMatchObject({
      sid,
      what: [`${status}, error ${errorCode}`],
    });
  });

  it("is lost: accepted, reported as sent, and no more", async () => {
    const before = arrivals.length;
    const { sid } = await sms("+447700900990");
    await expect.poll(statuses).toEqual(["sending", "sent"]);
    await aWhile();
    expect(emulator.stored(sid)).toMatchObject({ status: "sent" });
    expect(arrivals).toHaveLength(before);
    expect(emulator.incidents().at(-1)).toMatchObject({ sid, what: ["lost on its way"] });
  });

  it("is late: the text, and the callback with it", async () => {
    const { sid } = await sms("+447700900987");
    await expect.poll(statuses).toEqual(["sending", "sent"]);
    expect(arrivals.at(-1)).toMatchObject({ sid, afterMilliseconds: 60 * SECOND_MILLISECONDS });
    expect(emulator.stored(sid)).toMatchObject({ status: "sent" });
    await expect.poll(statuses).toEqual(["sending", "sent", "delivered"]);
  });

  it("has each callback twice", async () => {
    await sms("+447700900988");
    await expect
      .poll(statuses)
      .toEqual(["sending", "sending", "sent", "sent", "delivered", "delivered"]);
  });

  it("has its callbacks in the wrong order, and what Twilio knows in the right one", async () => {
    const { sid } = await sms("+447700900989");
    await expect.poll(statuses).toEqual(["sending", "delivered", "sent"]);
    expect(emulator.stored(sid)).toMatchObject({ status: "delivered" });
  });

  it.each([
    ["+447700900995", { status: 500, code: 20500 }],
    ["+447700900997", { status: 429, code: 20429 }],
  ])("%s finds Twilio unable, and is sent nothing", async (to, fault) => {
    const before = arrivals.length;
    await expect(sms(to)).rejects.toMatchObject(fault);
    await expect(whatsapp(to)).rejects.toMatchObject(fault);
    expect(arrivals).toHaveLength(before);
  });

  it.each([
    ["+447700900996", "TimeoutError"],
    ["+447700900998", "TypeError"],
  ])("%s is sent its message, and no report follows", async (to, name) => {
    const { accountSid, apiKeySid, apiKeySecret } = emulator.account;
    const asking = fetch(`${emulator.baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${apiKeySid}:${apiKeySecret}`)}` },
      body: new URLSearchParams({ From: GOOD, To: to, Body: "unanswered" }),
      signal: AbortSignal.timeout(300),
    });
    await expect(asking).rejects.toMatchObject({ name });
    expect(arrivals.at(-1)).toMatchObject({ to, text: "unanswered" });
    const { sid = "" } = emulator.incidents().at(-1) ?? {};
    await expect.poll(() => emulator.stored(sid)?.status).toBe("delivered");
  });

  it("takes other messages than those that it refuses", async () => {
    const { sid } = await whatsapp("+447700900992");
    expect(arrivals.at(-1)).toMatchObject({ sid, channel: "whatsapp" });
  });
});

describe("a message over WhatsApp", () => {
  it("shows the approved text around its code, and no other text", async () => {
    const { sid, body } = await whatsapp(ANY);
    expect(arrivals.at(-1)).toEqual({
      sid,
      to: ANY,
      channel: "whatsapp",
      text: "492817 is your verification code. For your security, do not share this code.\nThis code expires in 5 minutes.",
      afterMilliseconds: 0,
    });
    expect(body).toBe(arrivals.at(-1)?.text);
    await live().messages(sid).update({ body: "" });
    expect(emulator.stored(sid)).toMatchObject({ body: "" });
  });

  it("that is no template fails with 63016, because the recipient has not written first", async () => {
    const before = arrivals.length;
    await live().messages.create({
      from: `whatsapp:${GOOD}`,
      to: `whatsapp:${ANY}`,
      body: "a text",
      statusCallback: callbackUrl(),
    });
    await expect.poll(() => heard().at(-1)?.form["ErrorCode"]).toBe("63016");
    expect(statuses()).toEqual(["failed"]);
    expect(arrivals).toHaveLength(before);
    expect(emulator.incidents().at(-1)?.what).toEqual(["failed, error 63016"]);
  });

  const to = `whatsapp:${ANY}`;
  const from = `whatsapp:${GOOD}`;
  const contentSid = TEMPLATE;
  it.each([
    [{ to, from, contentSid }, 21656],
    [{ to, from, contentSid, contentVariables: "{}" }, 21656],
    [{ to, from, contentSid, contentVariables: '{"1":492817}' }, 21656],
    [{ to, from, contentSid, contentVariables: '{"1":"492817","2":"x"}' }, 21656],
    [{ to, from, contentSid, contentVariables: '{"1":"a sentence"}' }, 21656],
    [{ to, from, contentSid, contentVariables: "492817" }, 21656],
    [{ to, from, contentVariables: '{"1":"492817"}' }, 21654],
    [{ to, from, contentSid: "HX1", contentVariables: '{"1":"492817"}' }, 20001],
    [{ to, from: GOOD, contentSid, contentVariables: '{"1":"492817"}' }, 21910],
    [{ to: ANY, from, contentSid, contentVariables: '{"1":"492817"}' }, 21910],
    [{ to, from: "whatsapp:+447700900001", contentSid, contentVariables: '{"1":"1"}' }, 63007],
    [{ to: "whatsapp:123", from, contentSid, contentVariables: '{"1":"492817"}' }, 21211],
  ])("%o is refused with %i", async (options, code) => {
    const before = arrivals.length;
    await expect(live().messages.create(options)).rejects.toMatchObject({ status: 400, code });
    expect(arrivals).toHaveLength(before);
  });
});
