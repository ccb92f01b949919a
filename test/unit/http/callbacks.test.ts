import { getExpectedTwilioSignature, validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  parseAuthTokens,
  twilioSignature,
  twilioSignatures,
} from "../../../functions/adapters/twilio/callbacks.ts";
import { deliveryPath } from "../../../functions/adapters/twilio/paths.ts";
import { check } from "../../../functions/verification/check.ts";
import { keyOf, type VerificationId } from "../../../functions/verification/identifiers.ts";
import { show } from "../../../functions/verification/show.ts";
import {
  AUTH_TOKEN,
  callbackEvent,
  callbackRoutes,
  encoded,
  MESSAGE_SID,
  messageForm,
  PUBLIC_URL,
  signatureOf,
  signedDelivery,
} from "../../support/callbacks.ts";
import { type Deps, fictionalNumber, someDeps, started } from "../../support/deps.ts";

let deps: Deps;
let id: VerificationId;
let token: string;
let code: string;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  deps = someDeps();
  ({ id, code, reportToken: token } = await started(deps));
  return () => vi.restoreAllMocks();
});

const anotherMessage = () => started(deps, { to: fictionalNumber(7) });

async function delivery() {
  const shown = await show(deps, { id });
  return shown.kind === "shown" ? shown.view.delivery : shown.why;
}

describe("a signature", () => {
  it.each([
    [
      "Twilio's documented example",
      "12345",
      "https://mycompany.com/myapp.php?foo=1&bar=2",
      "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    ],
  ])("of %s is the documented one", (_, authToken, url, signature) => {
    const form = [
      ["CallSid", "CA1234567890ABCDE"],
      ["Caller", "+14158675309"],
      ["Digits", "1234"],
      ["From", "+14158675309"],
      ["To", "+18005551212"],
    ] as const;
    expect(validateRequest(authToken, signature, url, Object.fromEntries(form))).toBe(true);
    expect(twilioSignature(authToken, { url, parameters: form.toReversed() })).toBe(signature);
  });

  it("with the port that goes without saying is one too", async () => {
    const url = PUBLIC_URL + deliveryPath(token);
    const withPort = url.replace("example.com/", "example.com:443/");
    const signature = getExpectedTwilioSignature(AUTH_TOKEN, withPort, { A: "b" });
    const isSigned = twilioSignatures(async () => [AUTH_TOKEN], deps.clock);
    expect(await isSigned({ url, parameters: [["A", "b"]], signature })).toBe(true);
  });
});

it("a signature of another address is none, where only a part of it looks like a host", async () => {
  const url = "https://a.example:8443/prod?message=https://b.example/";
  const bent = url.replace("b.example/", "b.example:443/");
  const isSigned = twilioSignatures(async () => [AUTH_TOKEN], deps.clock);
  const signatureOfUrl = (one: string) => getExpectedTwilioSignature(AUTH_TOKEN, one, {});
  expect(await isSigned({ url, parameters: [], signature: signatureOfUrl(bent) })).toBe(false);
  expect(await isSigned({ url, parameters: [], signature: signatureOfUrl(url) })).toBe(true);
});

describe("the auth token", () => {
  const OTHER = "f".repeat(32);

  it.each([[[AUTH_TOKEN]], [[AUTH_TOKEN, OTHER.toUpperCase()]]])(
    "is in its secret: %j",
    (authTokens) => {
      expect(parseAuthTokens({ authTokens })).toEqual(authTokens);
    },
  );

  it.each([
    [[]],
    [[AUTH_TOKEN, OTHER, OTHER]],
    [[`${AUTH_TOKEN}0`]],
    [[` ${AUTH_TOKEN}`]],
    [[AUTH_TOKEN.slice(1)]],
    [[`g${AUTH_TOKEN.slice(1)}`]],
    [AUTH_TOKEN],
    [undefined],
  ])("is not in a secret with %j, which no fault repeats", (authTokens) => {
    const parse = () => parseAuthTokens({ authTokens });
    expect(parse).toThrow(/^the secret must hold authTokens, one or two of 32 hex digits$/);
  });

  it("may be one of two while it changes", async () => {
    const { deliver } = callbackRoutes(deps, [OTHER, AUTH_TOKEN]);
    for (const authToken of [AUTH_TOKEN, OTHER])
      expect(await deliver(signedDelivery(token, messageForm("sent"), authToken))).toMatchObject({
        statusCode: 204,
      });
  });

  it("that changed is read again, at most once a minute", async () => {
    let tokens = [AUTH_TOKEN];
    let reads = 0;
    const read = async () => {
      reads += 1;
      return tokens;
    };
    const isSigned = twilioSignatures(read, deps.clock);
    const request = { url: PUBLIC_URL, parameters: [] };
    const by = (authToken: string) =>
      isSigned({ ...request, signature: getExpectedTwilioSignature(authToken, PUBLIC_URL, {}) });
    expect([await by(AUTH_TOKEN), await by(OTHER)]).toEqual([true, false]);
    tokens = [OTHER];
    for (let forgery = 0; forgery < 50; forgery += 1) expect(await by(OTHER)).toBe(false);
    expect(reads).toBe(1);
    deps.time.now += 60_000;
    expect([await by(OTHER), await by(AUTH_TOKEN)]).toEqual([true, false]);
    expect(reads).toBe(2);
  });
});

describe("a callback that Twilio signed", () => {
  it.each([
    ["sent", "queued"],
    ["delivered", "delivered"],
    ["read", "delivered"],
    ["undelivered", "undelivered"],
    ["failed", "undelivered"],
    ["sending", "queued"],
    ["a status that nobody knows yet", "queued"],
  ])("of %s is heard, and the message is %s", async (status, expected) => {
    const { statusCode, body } = await callbackRoutes(deps).deliver(
      signedDelivery(token, messageForm(status)),
    );
    expect([statusCode, body, await delivery()]).toEqual([204, "", expected]);
  });

  it.each([
    ["news", "delivered", "noted"],
    ["what is known", "undelivered", "known"],
    ["no news", "sent", "no-news"],
  ])("is logged as one with %s", async (_, status, result) => {
    const form = messageForm(status);
    if (result === "known") await callbackRoutes(deps).deliver(signedDelivery(token, form));
    lines.length = 0;
    await callbackRoutes(deps).deliver(signedDelivery(token, form));
    expect(lines.map((line) => JSON.parse(line).result)).toContain(result);
  });

  it.each([
    [{ ChannelPrefix: "rcs" }, "rcs"],
    [{ From: "rcs:acme_agent" }, "rcs"],
    [{ ChannelPrefix: "whatsapp", From: "+447400123456" }, "sms"],
  ])("with %j names the way in the log and in the proof: %s", async (parameters, way) => {
    const form = { ...messageForm("delivered"), ...parameters };
    await callbackRoutes(deps).deliver(signedDelivery(token, form));
    expect(deps.entries.find(({ event }) => event === "delivery")).toMatchObject(
      way === "rcs" ? { channel: "sms", upgrade: "rcs" } : { channel: "sms" },
    );
    for (const _ of ["first", "repeated"]) {
      const checked = await check(deps, { id, code, idempotencyKey: "one" });
      const { proof = "{}" } = checked.kind === "checked" ? checked : {};
      expect(JSON.parse(proof).amr).toEqual(["otp", way]);
    }
  });

  it("may be empty, and then has no parameters", async () => {
    const event = { ...signedDelivery(token, {}), body: null };
    expect(await callbackRoutes(deps).deliver(event)).toMatchObject({ statusCode: 204 });
  });

  it("may come as base64, with parameters twice, and with headers in any case", async () => {
    const form = messageForm("delivered", { Twice: ["b", "a", "b"] });
    const signature = signatureOf(deliveryPath(token), form);
    const event = callbackEvent(
      {
        body: Buffer.from(encoded(form)).toString("base64"),
        headers: { "x-TWILIO-signature": signature },
        isBase64Encoded: true,
      },
      { multiValueQueryStringParameters: { message: [token] }, pathParameters: null },
    );
    expect(await callbackRoutes(deps).deliver(event)).toMatchObject({ statusCode: 204 });
    expect(await delivery()).toBe("delivered");
  });

  it.each(["constructor", "toString", "__proto__"])(
    "with a word that every object knows is no news: %s",
    async (word) => {
      const forms = [
        messageForm(word),
        { CallSid: `CA${"1b".repeat(16)}`, CallStatus: word },
        { CallSid: `CA${"1b".repeat(16)}`, CallStatus: "failed", SipResponseCode: word },
      ];
      for (const form of forms) {
        const answer = await callbackRoutes(deps).deliver(signedDelivery(token, form));
        expect(answer).toMatchObject({ statusCode: 204 });
      }
      const item = await show(deps, { id });
      expect(item).toMatchObject({ view: { delivery: "undelivered", deliveryReason: "failed" } });
      expect(deps.faults).toEqual([]);
    },
  );

  it("touches its own message and no other, and approves nothing", async () => {
    const other = await anotherMessage();
    await callbackRoutes(deps).deliver(signedDelivery(other.reportToken, messageForm("delivered")));
    expect(await delivery()).toBe("queued");
    const item = await deps.verifications.read(keyOf(other.id));
    expect([item?.delivery, item?.checks, item?.tried.size]).toEqual(["delivered", 0, 0]);
  });
});

type Event = ReturnType<typeof signedDelivery>;

/** Every way to bend a signed request that we could think of; each must be refused, and none may change anything. */
async function forgeries(): Promise<readonly (readonly [string, Event])[]> {
  const form = messageForm("delivered");
  const signed = signedDelivery(token, form);
  const other = await anotherMessage();
  const body = signed.body ?? "";
  const signature = signatureOf(deliveryPath(token), form);
  const { "X-Twilio-Signature": _, ...unsigned } = { ...signed.headers };
  const withHeaders = (headers: Readonly<Record<string, string>>): Event => ({
    ...signed,
    headers: { ...signed.headers, ...headers },
  });
  const withQuery = (query: Event["multiValueQueryStringParameters"]): Event => ({
    ...signed,
    multiValueQueryStringParameters: query,
  });
  const ofParameters = Object.keys(form).flatMap((name) => {
    const { [name]: _, ...without } = form;
    return [
      [`without ${name}`, { ...signed, body: encoded(without) }],
      [`another ${name}`, { ...signed, body: encoded({ ...form, [name]: "another" }) }],
      [
        `a space behind ${name}`,
        { ...signed, body: encoded({ ...form, [name]: `${form[name]} ` }) },
      ],
      [`${name} twice`, { ...signed, body: `${body}&${name}=another` }],
    ] as const;
  });
  const signatures = {
    "no signature": "",
    "another signature": Buffer.from("another signature 12").toString("base64"),
    "the signature without its end": signature.slice(0, -1),
    "the signature with an end": `${signature}=`,
    "the signature in hex": Buffer.from(signature, "base64").toString("hex"),
    "the signature in base64url": `-${signature.slice(1)}`,
    "the signature in capitals": signature.toUpperCase(),
    "two signatures": `${signature}, ${signature}`,
    "the signature of another message": signatureOf(deliveryPath(other.reportToken), form),
    "the signature of another token": signatureOf(deliveryPath(token), form, "f".repeat(32)),
    "the signature of an empty token": signatureOf(deliveryPath(token), form, ""),
    "the signature of no parameters": signatureOf(deliveryPath(token), {}),
    "the signature of the path without its query": signatureOf("/v1/deliveries/twilio", form),
    "the signature of the plain address": getExpectedTwilioSignature(
      AUTH_TOKEN,
      `http://verify.example.com/prod${deliveryPath(token)}`,
      { ...form },
    ),
    "the signature of the address that AWS gave": getExpectedTwilioSignature(
      AUTH_TOKEN,
      `https://api.execute-api.eu-west-2.amazonaws.com/prod${deliveryPath(token)}`,
      { ...form },
    ),
  };
  const bent = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
  const forged = (named: string): Event => signedDelivery(named, form);
  return [
    ...ofParameters,
    ...Object.entries(signatures).map(
      ([name, value]) => [name, withHeaders({ "X-Twilio-Signature": value })] as const,
    ),
    ["one parameter more", { ...signed, body: `${body}&More=1` }],
    ["an empty one more", { ...signed, body: `${body}&More=` }],
    ["no body", { ...signed, body: null }],
    ["half a body", { ...signed, body: body.slice(0, body.length / 2) }],
    ["text that claims to be base64", { ...signed, isBase64Encoded: true }],
    ["JSON", { ...signed, body: JSON.stringify(form) }],
    ["JSON by its media type", withHeaders({ "Content-Type": "application/json" })],
    ["no media type", withHeaders({ "Content-Type": "" })],
    ["no header of a signature", { ...signed, headers: unsigned }],
    ["multipart", withHeaders({ "Content-Type": "multipart/form-data; boundary=x" })],
    [
      "another host by its header",
      {
        ...signed,
        headers: {
          ...signed.headers,
          Host: "evil.example.com",
          "X-Forwarded-Host": "evil.example.com",
        },
        body: `${body}&x=1`,
      },
    ],
    ["no query", withQuery(null)],
    ["an empty query", withQuery({})],
    ["no token", withQuery({ message: [] })],
    ["no list of tokens", withQuery({ message: undefined })],
    ["an empty token", withQuery({ message: [""] })],
    ["an empty one before the token", withQuery({ message: ["", token] })],
    ["the token twice", withQuery({ message: [token, token] })],
    ["one more in the query", withQuery({ message: [token], more: ["1"] })],
    ["the token by another name", withQuery({ Message: [token] })],
    ["the token of another message", withQuery({ message: [other.reportToken] })],
    ["the token with a space", withQuery({ message: [`${token} `] })],
    ["the token with a query", withQuery({ message: [`${token}&a=b`] })],
    ["a bent token, signed", forged(bent)],
    ["a token of nothing, signed", forged("1-AAAA")],
    ["a token of an epoch to come, signed", forged(token.replace(/^\d+/, "7"))],
    ["a token without its epoch, signed", forged(token.replace(/^\d+-/, ""))],
    ["an id in its place, signed", forged(id)],
    ["a key in its place, signed", forged(keyOf(id))],
  ];
}

describe("a callback that nobody signed so", () => {
  it("is refused in each of its forms, and changes nothing", async () => {
    const { deliver } = callbackRoutes(deps);
    const forged = await forgeries();
    expect(new Set(forged.map(([name]) => name)).size).toBeGreaterThanOrEqual(60);
    for (const [name, event] of forged) {
      const { statusCode } = await deliver(event);
      expect([name, statusCode]).toEqual([name, expect.toBeOneOf([403, 415])]);
    }
    expect([await delivery(), deps.redacted, deps.steps]).toEqual(["queued", [], []]);
  });

  it("says nothing of why, and repeats nothing of what was sent", async () => {
    const { deliver } = callbackRoutes(deps);
    const { body } = await deliver(signedDelivery(token, messageForm("sent"), "f".repeat(32)));
    expect(JSON.parse(body)).toMatchObject({ code: "signature-invalid", status: 403 });
    for (const told of [token, MESSAGE_SID, "447700900"]) expect(body).not.toContain(told);
  });

  it("says nothing of which it is where nobody sealed its token", async () => {
    const [[, event] = []] = (await forgeries()).filter(
      ([name]) => name === "an id in its place, signed",
    );
    if (event === undefined) throw new Error("it is among the forgeries");
    expect(JSON.parse((await callbackRoutes(deps).deliver(event)).body).code).toBe(
      "signature-invalid",
    );
  });

  it("larger than any callback is refused unread", async () => {
    const form = messageForm("sent", { More: "x".repeat(17_000) });
    const { statusCode } = await callbackRoutes(deps).deliver(signedDelivery(token, form));
    expect(statusCode).toBe(413);
  });
});
