import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type System, startSystem } from "../../local/system.ts";
import { launchBrowser, whyNoBrowser } from "./chromium.ts";

const SIZES = [
  { name: "phone", viewport: { width: 390, height: 844 } },
  { name: "desktop", viewport: { width: 1_280, height: 800 } },
] as const;

/** What the API answers to a resend half a minute from now: the wait itself is its own, and tested there. */
function laterVerification() {
  const at = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
  return {
    id: "v1-AbCdEfGhIjKlMnOpQrStUvWx",
    status: "pending",
    channel: "sms",
    to: "+44•••••••423",
    codeLength: 6,
    expiresAt: at(331),
    resendAt: at(61),
    checksRemaining: 5,
    channels: ["sms"],
    delivery: "queued",
  };
}

describe.skipIf(whyNoBrowser() !== undefined)("the pages", () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([
      startSystem({ port: 0, engine: "dynalite" }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), system.stop()]);
  });

  /** Opens a page, and collects what a person would not see: faults of scripts, of the policy, and requests to anybody else. */
  async function open(
    context: BrowserContext,
    path: string,
  ): Promise<{ readonly page: Page; readonly faults: string[] }> {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (fault) => faults.push(String(fault)));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("Failed to load resource"))
        faults.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(system.url)) faults.push(request.url());
    });
    await page.goto(system.url + path);
    return { page, faults };
  }

  async function askForCode(page: Page, number: string): Promise<void> {
    await page.getByLabel("UK mobile number").fill(number);
    await page.getByRole("button", { name: "Send a code" }).click();
    await page.getByRole("heading", { name: "Type the code" }).waitFor();
  }

  async function type(page: Page, code: string): Promise<void> {
    await page.getByLabel("Code", { exact: true }).fill(code);
    await page.getByRole("button", { name: "Check the code" }).click();
  }

  function another(code: string): string {
    return String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  }

  describe.each(SIZES)("on a $name", ({ name, viewport }) => {
    const digits = name === "phone" ? "900400" : "900410";
    const typed = `07700 ${digits}`;
    const number = `+447700${digits}`;

    it("prove a number with the code that the handset shows, after a wrong one", async () => {
      const context = await browser.newContext({ viewport });
      const handset = await open(context, "/handset");
      const { page, faults } = await open(context, "/");
      await askForCode(page, typed);
      const bubble = handset.page
        .getByRole("region", { name: typed })
        .getByRole("listitem")
        .first();
      const code = (await bubble.locator("strong").textContent()) ?? "";
      expect(code).toMatch(/^\d{6}$/);
      expect(await bubble.textContent()).toContain("sign-in code");

      await type(page, another(code));
      await page.getByText("This is not the code. 4 checks are left.").waitFor();
      await type(page, code);
      await page.getByRole("heading", { name: "The number is proven" }).waitFor();

      expect(await page.locator("#proven-checks li").allTextContents()).toHaveLength(5);
      expect(await page.locator("#proven-checks li.failed").count()).toBe(0);
      expect(await page.locator("#proven-claims").textContent()).toContain(number);
      expect([...faults, ...handset.faults]).toEqual([]);
      await context.close();
    });

    it("are no wider than the screen", async () => {
      const context = await browser.newContext({ viewport });
      for (const path of ["/", "/handset"]) {
        const { page } = await open(context, path);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(viewport.width);
      }
      await context.close();
    });
  });

  describe("tell a person", () => {
    let context: BrowserContext;
    let page: Page;
    beforeAll(async () => {
      context = await browser.newContext();
      ({ page } = await open(context, "/"));
    });
    afterAll(() => context.close());

    it("that what was typed is no number, without asking the API", async () => {
      const before = system.handset.messages().length;
      await page.getByLabel("UK mobile number").fill("hello");
      await page.getByRole("button", { name: "Send a code" }).click();
      await page.getByRole("alert").getByText("Please type a UK mobile number").waitFor();
      expect(system.handset.messages()).toHaveLength(before);
    });

    it("why a number cannot be sent a code, in the words of the API", async () => {
      await page.getByLabel("UK mobile number").fill("020 7946 0018");
      await page.getByRole("button", { name: "Send a code" }).click();
      const words = page.getByRole("alert").getByText("Please use a mobile number");
      await words.waitFor();
      expect(await words.count()).toBe(1);
    });

    it("how long to wait for another code, and how many checks are left", async () => {
      await askForCode(page, "+44 (0)7700 900420");
      const resend = page.getByRole("button", { name: /Send another code in 0:\d\d/ });
      await resend.waitFor();
      expect(await resend.isDisabled()).toBe(true);
      expect(await page.locator("#code-hint").textContent()).toMatch(
        /5 checks left · expires in [45]:\d\d/,
      );
    });

    it("that the number can be another after all", async () => {
      await page.getByRole("button", { name: "Wrong number?" }).click();
      await page.getByRole("heading", { name: "Sign in with your phone" }).waitFor();
      await page.getByLabel("UK mobile number").fill("07700 900420");
      await page.getByRole("button", { name: "Send a code" }).click();
      const words = page.getByText(/Try again in \d+ seconds\./);
      await words.waitFor();
      expect(await words.count()).toBe(1);
    });

    it("that the last check is spent", async () => {
      await askForCode(page, "07700900421");
      const { text } = await system.handset.waitFor("+447700900421");
      const wrong = Array.from({ length: 6 }, (_, index) => String(100_000 + index)).filter(
        (code) => !text.includes(code),
      );
      for (const code of wrong.slice(0, 4)) {
        await type(page, code);
        await page.getByText("This is not the code").waitFor();
        await page.getByLabel("Code", { exact: true }).fill("");
      }
      await type(page, wrong[4] ?? "");
      const end = page.getByRole("heading", { name: "Too many wrong codes" });
      await end.waitFor();
      expect(await end.isVisible()).toBe(true);
    });

    /** A page whose clock the test moves. */
    async function openWithClock(): Promise<Page> {
      const opened = await context.newPage();
      await opened.clock.install();
      await opened.goto(system.url);
      return opened;
    }

    it("that the code has expired", async () => {
      const waiting = await openWithClock();
      await askForCode(waiting, "07700900422");
      await waiting.clock.fastForward("05:01");
      const end = waiting.getByRole("heading", { name: "The code has expired" });
      await end.waitFor();
      expect(await end.isVisible()).toBe(true);
    });

    it("that another code is on its way, once the wait is over", async () => {
      const waiting = await openWithClock();
      await waiting.route("**/resend", (route) =>
        route.fulfill({ status: 202, json: laterVerification() }),
      );
      await askForCode(waiting, "07700900423");
      await waiting.clock.fastForward("00:31");
      const [sent] = await Promise.all([
        waiting.waitForRequest("**/resend"),
        waiting.getByRole("button", { name: "Send another code", exact: true }).click(),
      ]);
      await waiting.getByText("Another code is on its way").waitFor();
      expect(sent.headers()["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(
        await waiting.getByRole("button", { name: /Send another code in 0:/ }).isDisabled(),
      ).toBe(true);
    });
  });
});
