import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { announce } from "../../local/running.ts";
import { CALLBACK_PLANS } from "../../local/twilio/message-courses.ts";
import { rigged } from "../attacks/support/rig.ts";
import { otherThan } from "../support/deps.ts";
import { aFolder } from "../support/folder.ts";
import { systemOfFile } from "../support/patient-system.ts";

const rig = await rigged();
const system = await systemOfFile({ assembly: rig.assembly, secondMilliseconds: 20 });

/** A fresh number for each test, since a number is sent one message in 30 seconds. */
let last = 900_100;
function newNumber(): string {
  last += 1;
  return `+447700${last}`;
}

type Headers = Readonly<Record<string, string>>;

async function call(method: string, path: string, body?: unknown, headers: Headers = {}) {
  const response = await fetch(system.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

async function begin(to = newNumber(), more: Readonly<Record<string, string>> = {}) {
  const { status, body } = await call("POST", "/v1/verifications", { to, ...more });
  expect([status, body]).toEqual([201, expect.anything()]);
  return { to, id: String(body.id), body };
}

/** The next message that comes to a number, and its code. */
async function received(to: string) {
  const message = await system.handset.waitFor(to);
  return { ...message, code: /\d{6}/.exec(message.text)?.[0] ?? "" };
}

async function start(to?: string, more?: Readonly<Record<string, string>>) {
  const begun = await begin(to, more);
  return { ...begun, ...(await received(begun.to)) };
}

function check(id: string, code: string, headers?: Headers) {
  return call("POST", `/v1/verifications/${id}/check`, { code }, headers);
}

const show = async (id: string) => (await call("GET", `/v1/verifications/${id}`)).body;
const resend = (id: string, body: object) => call("POST", `/v1/verifications/${id}/resend`, body);

async function approve(id: string, code: string) {
  const { body } = await check(id, code);
  expect(body).toMatchObject({ result: "approved" });
  return decodeJwt(String(body.proof));
}

/** What a verification is told to be, once it is told so. */
async function until(id: string, news: object) {
  await expect.poll(() => show(id)).toMatchObject(news);
  return show(id);
}

it("a verification sends a code, counts a wrong one, and proves the number with the right one", async () => {
  const { to, id, code, body } = await start(undefined, { purpose: "signup", nonce: "n-1" });
  expect(body).toMatchObject({
    status: "pending",
    channel: "sms",
    codeLength: 6,
    checksRemaining: 5,
    delivery: "queued",
  });
  expect((await check(id, otherThan(code))).body).toMatchObject({
    result: "incorrect",
    checksRemaining: 4,
  });
  const approved = await check(id, code);
  expect(approved.status).toBe(200);
  expect(approved.body).toMatchObject({ id, status: "approved", result: "approved" });
  const { payload } = await verify(approved.body.proof);
  expect(payload).toMatchObject({
    sub: to,
    phone_number: to,
    phone_number_verified: true,
    purpose: "signup",
    nonce: "n-1",
    amr: ["otp", "sms"],
  });
});

async function verify(proof: string) {
  const keys = createRemoteJWKSet(new URL(`${system.url}/.well-known/jwks.json`));
  return jwtVerify(proof, keys, {
    issuer: system.url,
    audience: "latchkey-dev",
    algorithms: ["RS256"],
  });
}

it("a proof is verified by who is given the issuer alone, by way of the discovery document", async () => {
  const { id, code } = await start();
  const { proof } = (await check(id, code)).body;
  const path = "/.well-known/openid-configuration";
  const response = await fetch(`${system.url}${path}`);
  const { issuer, jwks_uri, id_token_signing_alg_values_supported } = Object(await response.json());
  const { payload } = await jwtVerify(proof, createRemoteJWKSet(new URL(jwks_uri)), {
    issuer,
    algorithms: id_token_signing_alg_values_supported,
  });
  expect(payload.iss).toBe(system.url);
  const head = await fetch(`${system.url}${path}`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  for (const name of ["cache-control", "content-type", "content-length"])
    expect([name, head.headers.get(name)]).toEqual([name, response.headers.get(name)]);
  expect(head.headers.get("cache-control")).toBe("public, max-age=600");
});

it("a page of the system itself or of any port of this machine may call, by a preflight", async () => {
  const ports = ["http://localhost:5173", "http://127.0.0.1:65535", "http://localhost"];
  for (const origin of [system.url, ...ports]) {
    const answer = await call("OPTIONS", "/v1/verifications", undefined, { origin });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  }
});

it("answers HEAD where it answers GET", async () => {
  const pages = ["/.well-known/jwks.json", "/problems", "/", "/openapi.json"];
  for (const path of pages) {
    const answer = await fetch(`${system.url}${path}`, { method: "HEAD" });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ""]);
  }
});

it("operators' commands find where Invoke of Lambda answers, until the system ends", async () => {
  const folder = aFolder(onTestFinished);
  const { leave } = announce(system, folder);
  const found = JSON.parse(await readFile(join(folder, `${process.pid}.json`), "utf8"));
  expect(found).toMatchObject({ pid: process.pid, url: system.url, region: "eu-west-2" });
  const name = found.functionNames.find((each: string) => each.endsWith("-answer-preflight"));
  const answer = await fetch(`${found.lambda}/2015-03-31/functions/${name}/invocations`, {
    method: "POST",
    body: JSON.stringify({ headers: {}, requestContext: { resourcePath: "/" } }),
  });
  expect(await answer.json()).toMatchObject({ statusCode: 204 });
  leave();
  expect(await readdir(folder)).toEqual([]);
});

describe("a code by WhatsApp", () => {
  it("arrives, is reported as delivered, and is proven as what it is", async () => {
    const { to, id, body } = await begin(undefined, { channel: "whatsapp" });
    expect(body).toMatchObject({
      channel: "whatsapp",
      channels: ["sms", "whatsapp", "voice"],
      delivery: "queued",
    });
    const { code, channel, sid } = await received(to);
    expect(channel).toBe("whatsapp");
    await until(id, { delivery: "delivered" });
    expect(await approve(id, code)).toMatchObject({ amr: ["otp", "whatsapp"], sub: to });
    await expect.poll(() => system.emulator.stored(sid)?.body).toBe("");
  });

  it("that cannot arrive offers SMS by the turn that it took", async () => {
    const to = "+447700900980";
    const { id } = await begin(to, { channel: "whatsapp" });
    const failed = await until(id, { delivery: "undelivered" });
    expect(failed).toMatchObject({ deliveryReason: "not-on-whatsapp", nextChannel: "sms" });
    expect(await resend(id, {})).toMatchObject({ status: 429 });
    const resent = await resend(id, { channel: "sms" });
    expect(resent).toMatchObject({ status: 202, body: { channel: "sms", delivery: "queued" } });
    const { code } = await received(to);
    expect(await approve(id, code)).toMatchObject({ amr: ["otp", "sms"] });
  });
});

describe("a code by a call", () => {
  it("is spoken after a key press, and never before", async () => {
    const { to, id } = await begin(undefined, { channel: "voice" });
    const ringing = await system.handset.waitForCall(to);
    ringing.answer();
    await expect.poll(() => ringing.view().lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(ringing.view())).not.toMatch(/\d, \d, \d/);
    ringing.press("5");
    await until(id, { delivery: "delivered" });
    await expect.poll(() => JSON.stringify(ringing.view())).toMatch(/\d, \d, \d, \d, \d, \d/);
    const said = /\d(?:, \d){5}/.exec(JSON.stringify(ringing.view()))?.[0] ?? "";
    expect(await approve(id, said.replaceAll(", ", ""))).toMatchObject({ amr: ["otp", "tel"] });
  });

  it.each([
    ["+447700900985", "no-answer"],
    ["+447700900986", "busy"],
  ])("to %s is reported as %s", async (to, deliveryReason) => {
    const { id, body } = await begin(to, { channel: "voice" });
    await until(id, { delivery: "undelivered", deliveryReason });
    const wait = (Date.parse(body.resendAt) - rig.now()) / 1_000;
    rig.turn(wait);
    expect(await show(id)).toMatchObject({ nextChannel: "sms" });
    rig.turn(-wait);
  });
});

describe("news of a message", () => {
  afterEach(() => system.emulator.setCallbacks(undefined));

  it.each(["usual", "late", "twice", "out of order"] as const)(
    "that come %s end where the message ended, and empty it at Twilio",
    async (plan) => {
      system.emulator.setCallbacks(CALLBACK_PLANS[plan]);
      const { id, sid } = await start();
      await until(id, { delivery: "delivered" });
      await delay(100);
      expect(await show(id)).toMatchObject({ delivery: "delivered" });
      await expect.poll(() => system.emulator.stored(sid)?.body).toBe("");
      expect(system.emulator.feedback(sid)).toEqual([]);
    },
  );

  it("that never come leave it queued, and the code good", async () => {
    system.emulator.setCallbacks(CALLBACK_PLANS.never);
    const { id, code } = await start();
    expect(await show(id)).toMatchObject({ delivery: "queued" });
    expect(await approve(id, code)).toMatchObject({ amr: ["otp", "sms"] });
  });

  it("leave no token in any log", async () => {
    const lines = system.logs.map(({ line }) => line).join("\n");
    expect(lines).toContain("POST /v1/deliveries/twilio");
    expect(lines).toContain("POST /v1/calls/twilio/{sealed}");
    expect(lines).not.toMatch(/message=|twilio\/1-|1-[A-Za-z0-9_-]{60,}/);
  });
});
