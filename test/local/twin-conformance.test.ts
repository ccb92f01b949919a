import { text } from "node:stream/consumers";
import twilio from "twilio";
import RequestClient from "twilio/lib/base/RequestClient.js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { forgetfulJournal } from "../../local/persistence/journal.ts";
import { CALLBACK_PLANS, type CallbackPlan } from "../../local/twilio/callbacks.ts";
import type { Delivery } from "../../local/twilio/handlers.ts";
import { MAGIC_NUMBERS } from "../../local/twilio/magic-numbers.ts";
import { TROUBLED_NUMBERS } from "../../local/twilio/troubled-numbers.ts";
import { startTwin, type Twin } from "../../local/twilio/twin.ts";

const deliveries: Delivery[] = [];
let twin: Twin;

beforeAll(async () => {
  twin = await startTwin((delivery) => deliveries.push(delivery), forgetfulJournal());
});
afterAll(() => twin.stop());

/** Twilio's SDK as it is, its own HTTP client included, led to the twin. */
class ToTwin extends RequestClient {
  override request<Data>(options: RequestClient.RequestOptions<Data>) {
    const uri = options.uri.replace("https://api.twilio.com", twin.baseUrl);
    return super.request({ ...options, uri });
  }
}

function live(): twilio.Twilio {
  const { accountSid, apiKeySid, apiKeySecret } = twin.account;
  return twilio(apiKeySid, apiKeySecret, { accountSid, httpClient: new ToTwin() });
}

function test(token = twin.account.testAuthToken): twilio.Twilio {
  return twilio(twin.account.testAccountSid, token, { httpClient: new ToTwin() });
}

const GOOD = "+15005550006";
const ANY = "+447700900123";
const TWIML = "<Response><Say>Hello</Say></Response>";

/** Every row of https://www.twilio.com/docs/iam/test-credentials on messages and calls. */
const DOCUMENTED = [
  ["message", "from", "+15005550001", 21212],
  ["message", "from", "+15005550007", 21606],
  ["message", "from", "+15005550008", 21611],
  ["message", "from", "+15005550006", "accepted"],
  ["message", "from", "+15005550000", 21606],
  ["message", "from", "+447700900001", 21606],
  ["message", "to", "+15005550001", 21211],
  ["message", "to", "+15005550002", 21612],
  ["message", "to", "+15005550003", 21408],
  ["message", "to", "+15005550004", 21610],
  ["message", "to", "+15005550009", 21614],
  ["message", "to", "+447700900123", "accepted"],
  ["message", "to", "123", 21211],
  ["call", "from", "+15005550001", 21212],
  ["call", "from", "+15005550006", "accepted"],
  ["call", "from", "+15005550000", 21210],
  ["call", "to", "+15005550001", 21217],
  ["call", "to", "+15005550002", 21214],
  ["call", "to", "+15005550003", 21215],
  ["call", "to", "+15005550004", 21216],
  ["call", "to", "+447700900123", "accepted"],
] as const;

describe("test credentials", () => {
  it.each(DOCUMENTED)("a %s %s %s is %s", async (resource, side, number, expected) => {
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
  });

  it("the table has every number that the twin knows", () => {
    const known = Object.entries(MAGIC_NUMBERS).flatMap(([resource, { senders, recipients }]) => [
      ...Object.entries(senders).map(([number, code]) => `${resource} from ${number} ${code}`),
      ...Object.entries(recipients).map(([number, code]) => `${resource} to ${number} ${code}`),
    ]);
    const documented = DOCUMENTED.map((row) => row.join(" ").replace(" ", "s "));
    expect(documented).toEqual(expect.arrayContaining(known));
  });

  it("keep nothing: what they made cannot be fetched, and nothing else is theirs", async () => {
    const { sid } = await test().messages.create({ from: GOOD, to: ANY, body: "a text" });
    const refusal = { status: 403, code: 20008 };
    await expect(test().messages(sid).fetch()).rejects.toMatchObject(refusal);
    await expect(test().messages(sid).update({ body: "" })).rejects.toMatchObject(refusal);
    await expect(test().messages(sid).feedback.create()).rejects.toMatchObject(refusal);
    await expect(test().messages.list()).rejects.toMatchObject(refusal);
    expect(twin.stored(sid)).toBeUndefined();
  });

  it("are refused with another token, and for the account of the others", async () => {
    const refusal = { status: 401, code: 20003 };
    const message = { from: GOOD, to: ANY, body: "a text" };
    await expect(test("another").messages.create(message)).rejects.toMatchObject(refusal);
    const { accountSid, testAccountSid, testAuthToken } = twin.account;
    const crossed = twilio(testAccountSid, testAuthToken, {
      accountSid,
      httpClient: new ToTwin(),
    });
    await expect(crossed.messages.create(message)).rejects.toMatchObject(refusal);
  });

  it.each([
    [{ from: GOOD, twiml: TWIML }, 21201],
    [{ to: ANY, twiml: TWIML }, 21213],
    [{ to: ANY, from: GOOD }, 21205],
    [{ to: ANY, from: GOOD, twiml: "x".repeat(4_001) }, 21205],
  ])("a call of %o is refused with %i", async (options, code) => {
    const making = test().calls.create({ to: "", from: "", ...options });
    await expect(making).rejects.toMatchObject({ status: 400, code });
  });
});

describe("an API key", () => {
  it("sends, to its phone", async () => {
    const { sid } = await live().messages.create({ from: GOOD, to: ANY, body: "a text" });
    expect(deliveries.at(-1)).toEqual({ sid, to: ANY, text: "a text" });
  });

  it("that may only send messages makes no calls", async () => {
    await expect(live().calls.create({ from: GOOD, to: ANY, twiml: TWIML })).rejects.toMatchObject({
      status: 403,
      code: 20003,
    });
  });

  it("can be replaced by the account's own token", async () => {
    const { accountSid, authToken } = twin.account;
    const owner = twilio(accountSid, authToken, { httpClient: new ToTwin() });
    expect(await owner.messages.create({ from: GOOD, to: ANY, body: "a" })).toMatchObject({
      status: "queued",
    });
  });
});

describe("a number that goes wrong on purpose", () => {
  const codes = Object.entries(TROUBLED_NUMBERS).flatMap(([to, trouble]) =>
    trouble.kind === "refused" ? [[to, trouble.code] as const] : [],
  );

  it.each(codes)("%s is refused with %i", async (to, code) => {
    const before = deliveries.length;
    await expect(live().messages.create({ from: GOOD, to, body: "a text" })).rejects.toMatchObject({
      status: 400,
      code,
    });
    expect(deliveries).toHaveLength(before);
  });

  it("is accepted, and the message lost", async () => {
    const before = deliveries.length;
    const { sid } = await live().messages.create({ from: GOOD, to: "+447700900990", body: "a" });
    expect(twin.stored(sid)).toMatchObject({ status: "sent" });
    expect(deliveries).toHaveLength(before);
  });

  it("finds Twilio broken", async () => {
    await expect(
      live().messages.create({ from: GOOD, to: "+447700900995", body: "a" }),
    ).rejects.toMatchObject({ status: 500, code: 20500 });
  });

  it("is sent its message, and the answer never comes", async () => {
    const { accountSid, apiKeySid, apiKeySecret } = twin.account;
    const asking = fetch(`${twin.baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${apiKeySid}:${apiKeySecret}`)}` },
      body: new URLSearchParams({ From: GOOD, To: "+447700900996", Body: "unanswered" }),
      signal: AbortSignal.timeout(300),
    });
    await expect(asking).rejects.toMatchObject({ name: "TimeoutError" });
    expect(deliveries.at(-1)).toMatchObject({ to: "+447700900996", text: "unanswered" });
  });
});

describe("status callbacks", () => {
  type Heard = { readonly form: Record<string, string>; readonly signature: string };
  const heard: Heard[] = [];
  const server = serverOf(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    heard.push({ form, signature: String(request.headers["x-twilio-signature"]) });
    response.writeHead(204).end();
  });
  let url: string;
  beforeAll(async () => {
    url = `${localUrl(await listen(server))}/v1/deliveries/twilio?token=a%20b`;
  });
  afterAll(() => close(server));
  afterEach(() => {
    heard.length = 0;
    twin.setCallbacks(CALLBACK_PLANS.usual);
  });

  const statuses = () => heard.map(({ form }) => form["MessageStatus"]);

  function send(plan: CallbackPlan, statusCallback = url) {
    twin.setCallbacks(plan);
    return live().messages.create({ from: GOOD, to: ANY, body: "a text", statusCallback });
  }

  it("carry a signature that Twilio's own check accepts, for this address and this form alone", async () => {
    const { sid } = await send(CALLBACK_PLANS.usual, `${url}#rc=2&rp=all`);
    await expect.poll(() => heard).toHaveLength(2);
    const { authToken, accountSid } = twin.account;
    for (const { form, signature } of heard) {
      expect(form).toMatchObject({ MessageSid: sid, AccountSid: accountSid, To: ANY, From: GOOD });
      expect(twilio.validateRequest(authToken, signature, url, form)).toBe(true);
      expect(twilio.validateRequest(authToken, signature, `${url}1`, form)).toBe(false);
      expect(twilio.validateRequest("another", signature, url, form)).toBe(false);
      const forged = { ...form, MessageStatus: "failed" };
      expect(twilio.validateRequest(authToken, signature, url, forged)).toBe(false);
    }
  });

  it.each([
    ["usual", ["sent", "delivered"]],
    ["out of order", ["delivered", "sent"]],
    ["undelivered", ["sent", "undelivered"]],
    ["late", ["sent", "delivered"]],
  ] as const)("come as they are asked to: %s", async (name, expected) => {
    await send(CALLBACK_PLANS[name]);
    await expect.poll(statuses, { timeout: 3_000 }).toEqual(expected);
  });

  it("come late where they are asked to", async () => {
    const startedAt = Date.now();
    await send(CALLBACK_PLANS.late);
    await expect.poll(statuses, { timeout: 3_000 }).toHaveLength(2);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it("come twice where they are asked to", async () => {
    await send(CALLBACK_PLANS.twice);
    await expect
      .poll(() => statuses().toSorted())
      .toEqual(["delivered", "delivered", "sent", "sent"]);
  });

  it("say why a message did not arrive", async () => {
    await send(CALLBACK_PLANS.undelivered);
    await expect.poll(() => heard.at(-1)?.form["ErrorCode"]).toBe("30003");
  });

  it.each([
    ["never, where they are asked to", () => send(CALLBACK_PLANS.never)],
    [
      "never for test credentials",
      () => test().messages.create({ from: GOOD, to: ANY, body: "a text", statusCallback: url }),
    ],
    [
      "never where nobody gave an address",
      () => live().messages.create({ from: GOOD, to: ANY, body: "a" }),
    ],
  ])("come %s", async (_, sending) => {
    await sending();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(heard).toEqual([]);
  });
});
