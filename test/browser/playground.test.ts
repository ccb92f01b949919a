import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoBrowser } from "./chromium.ts";
import { formGround, type Ground } from "./form-page.ts";
import { flawsOf, openWatched } from "./looks.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the playground", () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await formGround(900_860);
  });
  afterAll(() => ground.stop());

  async function opened(options: Parameters<Ground["newContext"]>[0] = {}) {
    const context = await ground.newContext(options);
    const isFault = (words: string) => !words.includes("Failed to load resource");
    const opened = await openWatched(context, `${ground.system.url}/playground`, isFault);
    await opened.page.getByLabel("Mobile number").waitFor();
    return { page: opened.page, strays: opened.faults };
  }

  async function send(page: Page): Promise<string> {
    const { typed, number } = ground.newNumber();
    await page.getByLabel("Mobile number").fill(typed);
    await page.getByRole("button", { name: "Send code" }).click();
    return number;
  }

  it.each([
    { name: "desktop, light", viewport: { width: 1_280, height: 900 }, colorScheme: "light" },
    { name: "phone, dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
    { name: "320 pixels", viewport: { width: 320, height: 640 }, colorScheme: "light" },
  ] as const)(
    "shows each request beside its answer, with no flaw that axe-core finds ($name)",
    async ({ name: _, ...look }) => {
      const { page, strays } = await opened(look);
      const flaws = [...(await flawsOf(page))];
      const number = await send(page);
      await page.getByLabel("Code", { exact: true }).waitFor();
      const first = page.locator("#exchanges li").last();
      await first.locator("summary", { hasText: "201" }).waitFor();
      const text = (await first.textContent()) ?? "";
      expect(text).toContain(`"to": "${number}"`);
      expect(text).toMatch(/idempotency-key: [\w-]{16,}/);
      expect(text).toContain('"status": "pending"');
      expect(text).toContain("cache-control: no-store");
      await page.getByText("Type a wrong code").click();
      await page.getByText("This is not the code.").waitFor();
      flaws.push(...(await flawsOf(page)));
      await page.getByText("Type its code").click();
      await page.getByRole("heading", { name: "Number confirmed" }).waitFor();
      expect(flaws).toEqual([]);
      expect(strays).toEqual([]);
      await page.context().close();
    },
  );

  it("loses an answer, and one sees the same request again and one message", async () => {
    const { page } = await opened();
    await page.getByRole("button", { name: "Lose the next answer" }).click();
    const number = await send(page);
    await page.getByLabel("Code", { exact: true }).waitFor();
    const starts = page.locator("#exchanges li", { hasText: "POST /v1/verifications " });
    await starts.filter({ hasText: "done, and its answer lost" }).waitFor();
    const keys = (await page.locator("#exchanges").textContent())?.match(
      /(?<=idempotency-key: )[0-9a-f]{32}/g,
    );
    expect(new Set(keys).size).toBe(1);
    const messages = ground.system.handset.messages().filter(({ to }) => to === number);
    expect(messages).toHaveLength(1);
    await page.context().close();
  });

  it("takes the network away and gives it back", async () => {
    const { page } = await opened();
    await page.getByLabel("no network").check();
    await send(page);
    await page.getByText("You are offline.").waitFor();
    await page.getByLabel("no network").uncheck();
    await page.getByLabel("Code", { exact: true }).waitFor();
    expect(await page.locator("#exchanges li").count()).toBeGreaterThan(0);
    await page.context().close();
  });

  it("sets what the form asks for", async () => {
    const { page } = await opened();
    await page.getByLabel("Language").selectOption("ar");
    await page.getByLabel("Channels").selectOption("sms, whatsapp");
    await page.getByLabel("رقم الجوال").waitFor();
    expect(await page.getByRole("radio").count()).toBe(2);
    expect(await page.locator("latchkey-form .root").getAttribute("dir")).toBe("rtl");
    await page.context().close();
  });
});
