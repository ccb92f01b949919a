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
  it("of Twilio's documented example is the documented one", () => {
    const signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const form = [
      ["CallSid", "CA1234567890ABCDE"],
      ["Caller", "+14158675309"],
      ["Digits", "1234"],
      ["From", "+14158675309"],
      ["To", "+18005551212"],
    ] as const;
    expect(validateRequest("12345", signature, url, Object.fromEntries(form))).toBe(true);
    expect(twilioSignature("12345", { url, parameters: form.toReversed() })).toBe(signature);
  });

  it.each([
    [true, "https://a.example/prod?message=1", "https://a.example/prod?message=1"],
    [true, "https://a.example/prod?message=1", "https://a.example:443/prod?message=1"],
    [true, "https://a.example:8443/?message=1", "https://a.example:8443/?message=1"],
    [
      false,
      "https://a.example:8443/?a=https://b.example/",
      "https://a.example:8443/?a=https://b.example:443/",
    ],
  ])("is one (%s) of %s where %s was signed: the port that goes without saying", async (...row) => {
    const [isOne, url, signedUrl] = row;
    const isSigned = twilioSignatures(async () => [AUTH_TOKEN], deps.clock);
    const signature = getExpectedTwilioSignature(AUTH_TOKEN, signedUrl, { A: "b" });
    expect(await isSigned({ url, parameters: [["A", "b"]], signature })).toBe(isOne);
  });
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
    ["sent", "queued", "no-news", "no-news"],
    ["delivered", "delivered", "noted", "known"],
    ["read", "delivered", "noted", "known"],
    ["undelivered", "undelivered", "noted", "known"],
    ["failed", "undelivered", "noted", "known"],
    ["sending", "queued", "no-news", "no-news"],
    ["a status that nobody knows yet", "queued", "no-news", "no-news"],
  ])("of %s counts: the message is %s, and the log has it as %s, then %s", async (...row) => {
    const [status, expected, ...results] = row;
    for (const _ of results) {
      const event = signedDelivery(token, messageForm(status));
      const { statusCode, body } = await callbackRoutes(deps).deliver(event);
      expect([statusCode, body, await delivery()]).toEqual([204, "", expected]);
    }
    const logged = lines.map((line) => JSON.parse(line).result);
    expect(logged).toEqual(results);
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

  it("may come with a pass, as base64, with parameters twice, and with headers in any case", async () => {
    const form = messageForm("delivered", { Twice: ["b", "a", "b"] });
    const headers = { "x-TWILIO-signature": signatureOf(deliveryPath(token, "a-1"), form) };
    const body = Buffer.from(encoded(form)).toString("base64");
    const query = { message: [token], pass: ["a-1"] };
    const event = callbackEvent(
      { body, headers, isBase64Encoded: true },
      { multiValueQueryStringParameters: query, pathParameters: null },
    );
    expect(await callbackRoutes(deps).deliver(event)).toMatchObject({ statusCode: 204 });
    expect(await delivery()).toBe("delivered");
  });

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
  const withBody = (sent: string | null): Event => ({ ...signed, body: sent });
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
      [`without ${name}`, withBody(encoded(without))],
      [`another ${name}`, withBody(encoded({ ...form, [name]: "another" }))],
      [`a space behind ${name}`, withBody(encoded({ ...form, [name]: `${form[name]} ` }))],
      [`${name} twice`, withBody(`${body}&${name}=another`)],
    ] as const;
  });
  const signatureAt = (origin: string) =>
    getExpectedTwilioSignature(AUTH_TOKEN, `${origin}/prod${deliveryPath(token)}`, { ...form });
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
    "the signature of the plain address": signatureAt("http://verify.example.com"),
    "the signature of the address that AWS gave": signatureAt(
      "https://api.execute-api.eu-west-2.amazonaws.com",
    ),
  };
  const ofAnotherHost = { Host: "b.example", "X-Forwarded-Host": "b.example" };
  const bent = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
  const forged = (named: string): Event => signedDelivery(named, form);
  return [
    ...ofParameters,
    ...Object.entries(signatures).map(
      ([name, value]) => [name, withHeaders({ "X-Twilio-Signature": value })] as const,
    ),
    ["one parameter more", withBody(`${body}&More=1`)],
    ["an empty one more", withBody(`${body}&More=`)],
    ["no body", withBody(null)],
    ["half a body", withBody(body.slice(0, body.length / 2))],
    ["text that claims to be base64", { ...signed, isBase64Encoded: true }],
    ["JSON", withBody(JSON.stringify(form))],
    ["JSON by its media type", withHeaders({ "Content-Type": "application/json" })],
    ["no media type", withHeaders({ "Content-Type": "" })],
    ["no header of a signature", { ...signed, headers: unsigned }],
    ["multipart", withHeaders({ "Content-Type": "multipart/form-data; boundary=x" })],
    ["another host by its header", { ...withHeaders(ofAnotherHost), body: `${body}&x=1` }],
    ["no query", withQuery(null)],
    ["an empty query", withQuery({})],
    ["no token", withQuery({ message: [] })],
    ["no list of tokens", withQuery({ message: undefined })],
    ["an empty token", withQuery({ message: [""] })],
    ["an empty one before the token", withQuery({ message: ["", token] })],
    ["the token twice", withQuery({ message: [token, token] })],
    ["a pass that is not signed", withQuery({ message: [token], pass: ["a-1"] })],
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

describe("a callback with a wrong signature", () => {
  it("is refused in each of its forms, and changes nothing", async () => {
    const { deliver } = callbackRoutes(deps);
    const forged = await forgeries();
    expect(new Set(forged.map(([name]) => name)).size).toBeGreaterThanOrEqual(60);
    for (const [name, event] of forged) {
      const { statusCode, body } = await deliver(event);
      const code = statusCode === 415 ? "media-type-unsupported" : "signature-invalid";
      expect([name, statusCode]).toEqual([name, expect.toBeOneOf([403, 415])]);
      expect([name, JSON.parse(body).code]).toEqual([name, code]);
    }
    expect([await delivery(), deps.redacted, deps.steps]).toEqual(["queued", [], []]);
  });

  it("has no reason, and repeats nothing of what was sent", async () => {
    const { deliver } = callbackRoutes(deps);
    const { body } = await deliver(signedDelivery(token, messageForm("sent"), "f".repeat(32)));
    expect(JSON.parse(body)).toMatchObject({ code: "signature-invalid", status: 403 });
    for (const told of [token, MESSAGE_SID, "447700900"]) expect(body).not.toContain(told);
  });

  it("larger than any callback is refused unread", async () => {
    const form = messageForm("sent", { More: "x".repeat(17_000) });
    const { statusCode } = await callbackRoutes(deps).deliver(signedDelivery(token, form));
    expect(statusCode).toBe(413);
  });
});
