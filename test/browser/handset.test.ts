import type { Locator, Page } from "playwright-core";
import twilio from "twilio";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type System, startSystem } from "../../local/system.ts";
import { SITE_ASSEMBLY } from "../local/fixtures/mini-template.ts";
import { type Listener, startListener } from "../local/support/listener.ts";
import { liveClient } from "../local/support/twilio-clients.ts";
import { type PageOptions, whyNoBrowser } from "./chromium.ts";
import { formGround, type Ground } from "./form-page.ts";
import { flawsOf, flawsOnScreens, openWatched } from "./looks.ts";

const FROM = "+15005550006";
const TEMPLATE = `HX${"0".repeat(32)}`;

describe.skipIf(whyNoBrowser() !== undefined)("the handset", () => {
  let ground: Ground;
  let system: System;
  let listener: Listener;
  beforeAll(async () => {
    // Twilio is asked by its own SDK.
    const options = { assembly: SITE_ASSEMBLY, secondMilliseconds: 40 };
    const started = startSystem({ port: 0, engine: "dynalite", ...options });
    [ground, listener] = await Promise.all([formGround(900_600, started), startListener()]);
    ({ system } = ground);
    listener.reply = () => ({
      status: 200,
      body: '<Response><Say language="en-GB">Your code is 4, 9, 2</Say></Response>',
    });
  });
  afterEach(() => ground.closePages());
  afterAll(() => Promise.all([system.stop(), listener.stop()]));

  const live = () => liveClient(() => system.emulator);
  const sms = (to: string, body: string) => live().messages.create({ from: FROM, to, body });
  const whatsapp = (to: string, code: string) =>
    live().messages.create({
      from: `whatsapp:${FROM}`,
      to: `whatsapp:${to}`,
      contentSid: TEMPLATE,
      contentVariables: JSON.stringify({ "1": code }),
    });

  /** Says two sentences, then waits for a key for longer than any test. */
  function ring(to: string) {
    const response = new twilio.twiml.VoiceResponse();
    const asked = { numDigits: 1, finishOnKey: "", method: "POST", timeout: 9_000 };
    const gather = response.gather({ ...asked, action: `${listener.url}/key` });
    gather.say({ language: "en-GB" }, "Press a key");
    gather.say({ language: "ar-AE" }, "اضغط على مفتاح");
    return live().calls.create({ from: FROM, to, twiml: response.toString(), timeout: 600 });
  }

  async function open(options: PageOptions = {}) {
    return openWatched(await ground.newPage(options), `${system.url}/handset`);
  }

  const phoneOf = (page: Page, typed: string): Locator =>
    page.locator(".phone").filter({ has: page.getByRole("heading", { name: typed }) });
  const callOf = (page: Page, typed: string): Locator => phoneOf(page, typed).locator(".call");

  const bubbleOf = (number: string): string =>
    `[aria-labelledby="phone-${number.slice(1)}"] .bubble`;

  async function styleOf(page: Page, selector: string, property: string): Promise<string> {
    const expression = `getComputedStyle(document.querySelector('${selector}')).${property}`;
    return String(await page.evaluate(expression));
  }

  it("has in no state and on no screen a flaw that axe-core finds, a fault, or scrolling sideways", async () => {
    const { page, faults } = await open();
    const flaws: string[] = [];
    const examine = async (state: string): Promise<void> => {
      flaws.push(...(await flawsOnScreens(page)).map((flaw) => `${state}: ${flaw}`));
    };
    const { typed, number } = ground.newNumber();
    await sms(number, "492817 is your code\n@example.com #492817");
    await whatsapp(number, "492817");
    await sms("+447700900990", "lost");
    await phoneOf(page, typed).getByRole("tab", { name: "WhatsApp" }).waitFor();
    await page.locator("#log summary").click();
    await examine("chat and log");
    await ring(number);
    const call = callOf(page, typed);
    await call.getByRole("button", { name: "Answer" }).waitFor();
    await examine("ringing");
    await call.getByRole("button", { name: "Answer" }).click();
    await call.getByText("The caller waits for a key.").waitFor();
    await call.getByText("اضغط على مفتاح").waitFor();
    await examine("on the call");
    await call.getByRole("button", { name: "5 JKL" }).click();
    await phoneOf(page, typed).getByText("Answered, pressed 5").waitFor();
    await examine("past call");
    expect(flaws).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("rings, is answered, shows the spoken text with its language, takes a key, and keeps the text", async () => {
    const { page } = await open();
    const { typed, number } = ground.newNumber();
    const { sid } = await ring(number);
    const call = callOf(page, typed);
    await call.getByText(`${typed} is called by`).waitFor();
    expect(await page.getByRole("alert").textContent()).toContain(`${typed} rings`);
    expect(await page.title()).toContain("Incoming call");
    expect(await call.getByRole("button", { name: "5 JKL" }).isVisible()).toBe(false);
    await call.getByRole("button", { name: "Answer" }).click();
    const english = call.getByText("Press a key", { exact: true });
    await english.waitFor();
    expect(await english.getAttribute("lang")).toBe("en-GB");
    const arabic = call.getByText("اضغط على مفتاح");
    await arabic.waitFor();
    expect(await styleOf(page, '.call [lang="ar-AE"]', "direction")).toBe("rtl");
    await call.getByText("Arabic (United Arab Emirates)").waitFor();
    await call.getByText("The caller waits for a key.").waitFor();
    // Whoever answers by keyboard goes on by keyboard.
    expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("1");
    await page.keyboard.press("7");
    const past = phoneOf(page, typed).getByText("Answered, pressed 7");
    await past.waitFor();
    expect(await call.isVisible()).toBe(false);
    const lines = phoneOf(page, typed).locator(".calls .words");
    expect(await lines.allTextContents()).toEqual([
      "Press a key",
      "اضغط على مفتاح",
      "Your code is 4, 9, 2",
    ]);
    expect(listener.heard.find(({ form }) => form["CallSid"] === sid)?.form).toMatchObject({
      Digits: "7",
    });
    expect(await page.title()).toBe("Handset · Latchkey");
  });

  it("declines, hangs up, and shows the missed text", async () => {
    const { page } = await open();
    const { typed, number } = ground.newNumber();
    const phone = phoneOf(page, typed);
    await ring(number);
    await phone.getByRole("button", { name: "Decline" }).click();
    await phone.getByText("Declined").waitFor();
    await ring(number);
    await phone.getByRole("button", { name: "Answer" }).click();
    await phone.getByRole("button", { name: "Hang up" }).click();
    await phone.getByText("Answered", { exact: true }).waitFor();
    const twiml = "<Response><Say>Hello</Say></Response>";
    await live().calls.create({ from: FROM, to: number, twiml, timeout: 5 });
    await phone.getByText("Missed call").waitFor();
    expect(await phone.locator(".call").isVisible()).toBe(false);
  });

  it("goes on with a call where another page opens it", async () => {
    const { typed, number } = ground.newNumber();
    await ring(number);
    (await system.handset.waitForCall(number)).answer();
    const { page } = await open();
    await callOf(page, typed).getByText("Press a key", { exact: true }).waitFor();
    await callOf(page, typed).getByRole("button", { name: "Hang up" }).click();
    await phoneOf(page, typed).getByText("Answered", { exact: true }).waitFor();
    expect(system.handset.calls().at(-1)?.view()).toMatchObject({ to: number, end: "completed" });
  });

  it("keeps messages and WhatsApp apart, reachable by keyboard", async () => {
    const { page } = await open();
    const { typed, number } = ground.newNumber();
    const phone = phoneOf(page, typed);
    await sms(number, "111222 is your code");
    await phone.getByText("111222").waitFor();
    expect(await phone.getByRole("tab").count()).toBe(0);
    await whatsapp(number, "333444");
    await phone.getByText("333444", { exact: true }).waitFor();
    expect(await phone.getByText("111222").isVisible()).toBe(false);
    expect(await phone.getByRole("tab", { selected: true }).textContent()).toBe("WhatsApp");
    expect(await page.locator("#announcement").textContent()).toContain("on WhatsApp: 333444");
    await phone.getByRole("tab", { selected: true }).focus();
    await page.keyboard.press("ArrowLeft");
    await phone.getByText("111222").waitFor();
    expect(await phone.getByText("333444", { exact: true }).isVisible()).toBe(false);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Messages");
  });

  it("shows a text from right to left where it is written so, its last line from left to right", async () => {
    const { page } = await open();
    const { typed, number } = ground.newNumber();
    await sms(number, "492817 هو رمزك. لا تشاركه مع أحد.\n@example.com #492817");
    const bubble = phoneOf(page, typed).locator(".bubble");
    await bubble.waitFor();
    expect(await styleOf(page, bubbleOf(number), "direction")).toBe("rtl");
    const edges: { first: number; last: number; left: number; right: number } =
      await page.evaluate(`(() => {
        const node = document.querySelector('${bubbleOf(number)}');
        const { left, right } = node.getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(node);
        const rects = [...range.getClientRects()];
        return {
          left, right,
          first: Math.max(...rects.filter(({ top }) => top < rects[0].top + 10).map((rect) => rect.right)),
          last: Math.min(...rects.filter(({ top }) => top > rects.at(-1).top - 10).map((rect) => rect.left)),
        };
      })()`);
    expect(edges.right - edges.first).toBeLessThan(25);
    expect(edges.last - edges.left).toBeLessThan(25);
  });

  it("shows a slow network, for every message from then on", async () => {
    const [{ page }, { number, typed }] = [await open(), ground.newNumber()];
    const slow = page.getByLabel("5 s", { exact: true });
    await slow.check();
    await expect.poll(() => system.handset.slowness()).toBe(5);
    const sentAt = Date.now();
    await sms(number, "slow");
    const { at } = await system.handset.waitFor(number);
    // Five seconds of forty milliseconds each.
    expect(at.getTime()).toBeGreaterThanOrEqual(sentAt + 200);
    expect(at.getTime()).toBeLessThan(sentAt + 5_000);
    await phoneOf(page, typed).getByText("slow").waitFor();
    await page.reload();
    await expect.poll(() => slow.isChecked()).toBe(true);
    await page.getByLabel("no time").check();
    await expect.poll(() => system.handset.slowness()).toBe(0);
  });

  it("changes the network, and reports its faults", async () => {
    const { page } = await open();
    await page.getByLabel("bad").check();
    await expect.poll(() => system.emulator.network().name).toBe("bad");
    await page.getByText("30 % of messages and calls are late, 10 % never come").waitFor();
    expect(await flawsOf(page)).toEqual([]);
    system.emulator.setNetwork("bad", 3);
    const { number, typed } = ground.newNumber();
    for (let count = 0; count < 25; count += 1)
      await Promise.race([
        sms(number, "a text").catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, 200)),
      ]);
    await page.locator("#log summary").click();
    const line = page.locator("#log li").filter({ hasText: typed });
    await line.filter({ hasText: "lost on its way" }).first().waitFor();
    await line
      .filter({ hasText: /\d+ s late/ })
      .first()
      .waitFor();
    expect(await page.locator("#log-count").textContent()).toMatch(/^\(\d+\)$/);
    const again = await open();
    await expect.poll(() => again.page.getByLabel("bad").isChecked()).toBe(true);
    await page.getByLabel("good").check();
    await expect.poll(() => system.emulator.network().name).toBe("good");
    await expect.poll(() => page.locator("#network-now").textContent()).toBe("");
  });

  it("moves nothing for those who want less motion, and rings visibly for the others", async () => {
    const { number, typed } = ground.newNumber();
    await ring(number);
    for (const reducedMotion of ["reduce", "no-preference"] as const) {
      const { page } = await open({ reducedMotion });
      await callOf(page, typed).locator(".call-face").waitFor();
      const face = '.call[data-state="ringing"] .call-face';
      expect(await styleOf(page, face, "animationName")).toBe(
        reducedMotion === "reduce" ? "none" : "pulse",
      );
    }
    (await system.handset.waitForCall(number)).decline();
  });
});
