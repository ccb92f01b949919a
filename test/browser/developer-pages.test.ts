import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { SIMULATED_SOURCE } from "../../local/gateway/events.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { whyNoBrowser } from "./chromium.ts";
import { formGround, type Ground } from "./form-page.ts";
import { flawsOnScreens, openWatched } from "./looks.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the pages of a developer", () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await formGround(900_310, startPatientSystem());
  });
  afterEach(() => ground.closePages());
  afterAll(() => ground.system.stop());

  describe("the activity page", () => {
    const ADDRESS = "203.0.113.7";
    const start = async (to: string, address = ADDRESS) =>
      fetch(`${ground.system.url}/v1/verifications`, {
        method: "POST",
        headers: { "content-type": "application/json", [SIMULATED_SOURCE]: address },
        body: JSON.stringify({ to }),
      });
    const opened = async (options: Parameters<Ground["newPage"]>[0] = {}) => {
      const page = await ground.newPage(options);
      const { faults } = await openWatched(page, `${ground.system.url}/activity`);
      await page.getByRole("table", { name: "Clients" }).waitFor();
      return { page, faults };
    };

    beforeAll(async () => {
      await start("+447700900301");
      await start("+447700900301");
      await start("+4477009");
      await start("+447700900303", "2001:db8:a804:7d25::1");
      const { ref = "" } = (await ground.system.activity.state()).top["numbers"]?.[1] ?? {};
      await ground.system.activity.operate({ command: "block", ref });
    });

    it("has on no screen a flaw that axe-core finds, or anything that scrolls sideways", async () => {
      const { page, faults } = await opened();
      expect(await flawsOnScreens(page, ".scroll, .tops td")).toEqual([]);
      expect(faults).toEqual([]);
    });

    it("shows who asked, why it was refused, what it cost, every alarm, what rings unfolded, a limit that is reached, an attack, and no whole number", async () => {
      const { page } = await opened({ viewport: { width: 1_440, height: 900 }, hasClock: true });
      const row = page
        .getByRole("table", { name: "Numbers" })
        .getByRole("row")
        .filter({ hasText: "+44•••••••301" });
      const cells = await row.getByRole("cell").allTextContents();
      expect(cells).toEqual(["2", "1", "0", "0", "1 of 3", "Block"]);
      // Who asks, whether there are spikes, and which numbers ask too often: on the first screen.
      const { y = 900, height = 0 } = (await row.boundingBox()) ?? {};
      expect(y + height).toBeLessThan(900);
      await page.getByText(/, started at \d\d:\d\d$/).waitFor();
      await page.getByText("too-many-sends").waitFor();
      await page.getByText(/\$0\.1\d of \$100\.00/).waitFor();
      await page.getByText(/^\d+ alarms are quiet$/).click();
      await Promise.all([
        page.waitForResponse(/activity\/state$/),
        page.clock.fastForward("00:02"),
      ]);
      await page.getByRole("row", { name: /^request-spike quiet/ }).waitFor();
      expect(await page.content()).not.toContain("7700900301");
      await page.route(/activity\/state$/, async (route) => {
        const { alarms, top, ...state } = JSON.parse(await (await route.fetch()).text());
        Object.assign(alarms[0], { state: "alarm", since: state.at });
        Object.assign(top.countries[0].counters, { used: 1_234, max: 1_234 });
        await route.fulfill({ json: { ...state, alarms, top, attack: { title: "x", tries: 0 } } });
      });
      await page.clock.fastForward("00:02");
      await page.getByRole("alert").getByText("request-spike: More requests").waitFor();
      await page.getByRole("row", { name: /^request-spike rings since \d\d:\d\d/ }).waitFor();
      await page.locator(".full", { hasText: "1,234 of 1,234" }).waitFor();
      expect(await page.getByText("Attack: x. It has not begun.").isVisible()).toBe(true);
    });

    it("blocks a client, reports it, and unblocks it", async () => {
      const { page } = await opened();
      await page.getByRole("button", { name: `Block ${ADDRESS} for an hour` }).click();
      await page.getByText("Blocked for an hour.").waitFor();
      await expect.poll(async () => (await start("+447700900302")).status).toBe(429);
      await page.locator(`:focus[aria-label="Unblock ${ADDRESS}"]`).click();
      await page.getByText("Unblocked.").waitFor();
    });

    it("pauses all sending and resumes it, and reports in a sentence that its function failed", async () => {
      const { page } = await opened();
      const operate = vi.spyOn(ground.system.activity, "operate");
      operate.mockRejectedValueOnce(new Error("timed out"));
      await page.getByRole("button", { name: "Pause all sending" }).click();
      await page.getByText("Refused: the function of operators failed").waitFor();
      await page.getByRole("button", { name: "Pause all sending" }).click();
      await page.getByRole("status").getByText("Sending is paused.").waitFor();
      await page.getByText("All sending is paused: no code is sent").waitFor();
      expect((await ground.system.activity.state()).isPaused).toBe(true);
      await page.getByRole("button", { name: "Resume sending" }).click();
      await page.getByRole("status").getByText("Sending goes on.").waitFor();
      expect((await ground.system.activity.state()).isPaused).toBe(false);
    });
  });

  describe("the playground", () => {
    async function opened(options: Parameters<Ground["newPage"]>[0] = {}) {
      const page = await ground.newPage(options);
      const { faults } = await openWatched(page, `${ground.system.url}/playground`, true);
      await page.getByLabel("Mobile number").waitFor();
      return { page, strays: faults };
    }

    async function send(page: Page): Promise<string> {
      const { typed, number } = ground.newNumber();
      await page.getByLabel("Mobile number").fill(typed);
      await page.getByRole("button", { name: "Send code" }).click();
      return number;
    }

    it("shows each request beside its answer, with no flaw that axe-core finds on any screen", async () => {
      const { page, strays } = await opened();
      expect(await flawsOnScreens(page)).toEqual([]);
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
      expect(await flawsOnScreens(page)).toEqual([]);
      await page.getByText("Type its code").click();
      await page.getByRole("heading", { name: "Number confirmed" }).waitFor();
      expect(strays).toEqual([]);
    });

    it("loses an answer, and one sees the same request again and one message", async () => {
      const { page } = await opened();
      await page.getByRole("button", { name: "Lose the next answer" }).click();
      const number = await send(page);
      await page.getByLabel("Code", { exact: true }).waitFor();
      const starts = page.locator("#exchanges li", { hasText: "POST /v1/verifications " });
      await starts.filter({ hasText: "done, and its answer lost" }).waitFor();
      const exchanges = (await page.locator("#exchanges").textContent()) ?? "";
      const keys = exchanges.match(/(?<=idempotency-key: )[0-9a-f]{32}/g);
      expect(new Set(keys).size).toBe(1);
      const messages = ground.system.handset.messages().filter(({ to }) => to === number);
      expect(messages).toHaveLength(1);
    });

    it("takes the network away and gives it back", async () => {
      const { page } = await opened();
      await page.getByLabel("no network").check();
      await send(page);
      await page.getByText("You are offline.").waitFor();
      await page.getByLabel("no network").uncheck();
      await page.getByLabel("Code", { exact: true }).waitFor();
      expect(await page.locator("#exchanges li").count()).toBeGreaterThan(0);
    });

    it("sets what the form asks for", async () => {
      const { page } = await opened();
      await page.getByLabel("Language").selectOption("ar");
      await page.getByLabel("Channels").selectOption("sms, whatsapp");
      await page.getByLabel("رقم الجوال").waitFor();
      expect(await page.getByRole("radio").count()).toBe(2);
      expect(await page.locator("latchkey-form .root").getAttribute("dir")).toBe("rtl");
    });
  });
});
