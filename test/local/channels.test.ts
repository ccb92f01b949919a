import { setTimeout as delay } from "node:timers/promises";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { System } from "../../local/system.ts";
import { CALLBACK_PLANS } from "../../local/twilio/message-courses.ts";
import { startPatientSystem } from "../support/patient-system.ts";

let system: System;
beforeAll(async () => {
  system = await startPatientSystem({ secondMilliseconds: 20 });
});
afterAll(() => system.stop());

let last = 900_100;
function newNumber(): string {
  last += 1;
  return `+447700${last}`;
}

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(system.url + path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

async function start(to: string, more: Readonly<Record<string, string>> = {}) {
  const { status, body } = await call("POST", "/v1/verifications", { to, ...more });
  expect([status, body]).toEqual([201, expect.anything()]);
  return { id: String(body.id), body };
}

const show = async (id: string) => (await call("GET", `/v1/verifications/${id}`)).body;
const resend = (id: string, body: object) => call("POST", `/v1/verifications/${id}/resend`, body);

async function approve(id: string, code: string) {
  const { body } = await call("POST", `/v1/verifications/${id}/check`, { code });
  expect(body).toMatchObject({ result: "approved" });
  return decodeJwt(String(body.proof));
}

const codeIn = (text: string) => /\d{6}/.exec(text)?.[0] ?? "";

/** What a verification is told to be, once it is told so. */
async function until(id: string, news: object) {
  await expect.poll(() => show(id)).toMatchObject(news);
  return show(id);
}

describe("a code by WhatsApp", () => {
  it("arrives, is told as delivered, and is proven as what it is", async () => {
    const to = newNumber();
    const { id, body } = await start(to, { channel: "whatsapp" });
    expect(body).toMatchObject({
      channel: "whatsapp",
      channels: ["sms", "whatsapp", "voice"],
      delivery: "queued",
    });
    const { text, channel, sid } = await system.handset.waitFor(to);
    expect(channel).toBe("whatsapp");
    await until(id, { delivery: "delivered" });
    expect(await approve(id, codeIn(text))).toMatchObject({ amr: ["otp", "whatsapp"], sub: to });
    await expect.poll(() => system.emulator.stored(sid)?.body).toBe("");
  });

  it("that cannot arrive offers SMS by the turn that it took", async () => {
    const to = "+447700900980";
    const { id } = await start(to, { channel: "whatsapp" });
    const failed = await until(id, { delivery: "undelivered" });
    expect(failed).toMatchObject({ deliveryReason: "not-on-whatsapp", nextChannel: "sms" });
    expect(await resend(id, {})).toMatchObject({ status: 429 });
    const resent = await resend(id, { channel: "sms" });
    expect(resent).toMatchObject({ status: 202, body: { channel: "sms", delivery: "queued" } });
    const { text } = await system.handset.waitFor(to);
    expect(await approve(id, codeIn(text))).toMatchObject({ amr: ["otp", "sms"] });
  });
});

describe("a code by a call", () => {
  it("is said to whoever presses a key, and to nobody before", async () => {
    const to = newNumber();
    const { id } = await start(to, { channel: "voice" });
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
  ])("to %s is told as %s", async (to, deliveryReason) => {
    const { id } = await start(to, { channel: "voice" });
    await expect
      .poll(() => show(id))
      .toMatchObject({ delivery: "undelivered", deliveryReason, nextChannel: "sms" });
  });
});

describe("news of a message", () => {
  afterEach(() => system.emulator.setCallbacks(undefined));

  it.each(["usual", "late", "twice", "out of order"] as const)(
    "that come %s end where the message ended, and empty it at Twilio",
    async (plan) => {
      system.emulator.setCallbacks(CALLBACK_PLANS[plan]);
      const to = newNumber();
      const { id } = await start(to);
      const { sid } = await system.handset.waitFor(to);
      await until(id, { delivery: "delivered" });
      await delay(100);
      expect(await show(id)).toMatchObject({ delivery: "delivered" });
      await expect.poll(() => system.emulator.stored(sid)?.body).toBe("");
      expect(system.emulator.feedback(sid)).toEqual([]);
    },
  );

  it("that never come leave it queued, and the code good", async () => {
    system.emulator.setCallbacks(CALLBACK_PLANS.never);
    const to = newNumber();
    const { id } = await start(to);
    const { text } = await system.handset.waitFor(to);
    expect(await show(id)).toMatchObject({ delivery: "queued" });
    expect(await approve(id, codeIn(text))).toMatchObject({ amr: ["otp", "sms"] });
  });

  it("leave no token in any log", async () => {
    const lines = system.logs.map(({ line }) => line).join("\n");
    expect(lines).toContain("POST /v1/deliveries/twilio");
    expect(lines).toContain("POST /v1/calls/twilio/{sealed}");
    expect(lines).not.toMatch(/message=|twilio\/1-|1-[A-Za-z0-9_-]{60,}/);
  });
});
