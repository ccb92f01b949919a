import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SIMULATED_SOURCE } from "../../local/gateway/events.ts";
import { whyNoBrowser } from "./chromium.ts";
import { formGround, type Ground } from "./form-page.ts";
import { flawsOf, LOOKS, openWatched } from "./looks.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the activity page", () => {
  let ground: Ground;
  const ADDRESS = "203.0.113.7";
  const start = async (to: string) =>
    fetch(`${ground.system.url}/v1/verifications`, {
      method: "POST",
      headers: { "content-type": "application/json", [SIMULATED_SOURCE]: ADDRESS },
      body: JSON.stringify({ to }),
    });
  const opened = async (options: Parameters<Ground["newContext"]>[0] = {}) => {
    const context = await ground.newContext(options);
    const { page, faults } = await openWatched(context, `${ground.system.url}/activity`);
    await page.getByRole("table", { name: "Clients" }).waitFor();
    return { page, faults };
  };

  beforeAll(async () => {
    ground = await formGround(900_300);
    await start("+447700900301");
    await start("+447700900301");
    await start("+4477009");
  });
  afterAll(() => ground.stop());

  it.each(LOOKS)(
    "has no flaw that axe-core finds and no scrolling sideways on a $name screen",
    async ({ name: _, ...look }) => {
      const { page, faults } = await opened(look);
      expect(await flawsOf(page)).toEqual([]);
      expect(faults).toEqual([]);
      const sideways = await page
        .locator(".scroll")
        .evaluateAll((tables) => tables.filter((one) => one.scrollWidth > one.clientWidth).length);
      expect(sideways).toBe(0);
      await page.context().close();
    },
  );

  it("shows who asked, why it was refused, what it cost and every alarm, and no whole number", async () => {
    const { page } = await opened();
    const row = page
      .getByRole("table", { name: "Numbers" })
      .getByRole("row")
      .filter({ hasText: "+44•••••••301" });
    expect(await row.getByRole("cell").allTextContents()).toEqual([
      "2",
      "1",
      "0",
      "0",
      "1",
      "Block",
    ]);
    await page.getByText("too-many-sends").waitFor();
    await page.getByText(/\$0\.0\d of \$100\.00/).waitFor();
    await page.getByRole("row", { name: /^request-spike quiet/ }).waitFor();
    expect(await page.content()).not.toContain("7700900301");
    await page.context().close();
  });

  it("blocks a client, says so, and unblocks it", async () => {
    const { page } = await opened();
    await page.getByRole("button", { name: `Block ${ADDRESS} for an hour` }).click();
    await page.getByText("Blocked for an hour.").waitFor();
    await expect.poll(async () => (await start("+447700900302")).status).toBe(429);
    await page.getByRole("button", { name: `Unblock ${ADDRESS}` }).click();
    await page.getByText("Unblocked.").waitFor();
    await page.context().close();
  });

  it("pauses all sending and resumes it", async () => {
    const { page } = await opened();
    await page.getByRole("button", { name: "Pause all sending" }).click();
    await page.getByRole("status").getByText("Sending is paused.").waitFor();
    expect((await ground.system.activity.state()).isPaused).toBe(true);
    await page.getByRole("button", { name: "Resume sending" }).click();
    await page.getByRole("status").getByText("Sending goes on.").waitFor();
    expect((await ground.system.activity.state()).isPaused).toBe(false);
    await page.context().close();
  });
});
