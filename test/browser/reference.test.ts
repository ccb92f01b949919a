import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { testBrowser, whyNoBrowser } from "./chromium.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the reference page", () => {
  let system: System;
  let browser: Browser;
  let page: Page;
  /** What a person would not see: faults of scripts and of the policy, and requests to anybody else. */
  const faults: string[] = [];
  beforeAll(async () => {
    [system, browser] = await Promise.all([startPatientSystem(), testBrowser()]);
    page = await browser.newPage();
    page.on("pageerror", (fault) => faults.push(String(fault)));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(system.url) && !request.url().startsWith("data:"))
        faults.push(request.url());
    });
    await page.goto(`${system.url}/reference`);
    await page.getByText("Start a verification", { exact: true }).waitFor();
  });
  afterAll(async () => {
    await Promise.all([browser.close(), system.stop()]);
  });

  it("shows every operation of the API", async () => {
    const { paths } = JSON.parse(await (await fetch(`${system.url}/openapi.json`)).text());
    const summaries = Object.values(paths).flatMap((item) =>
      Object.values(Object(item)).flatMap((operation) => Object(operation).summary ?? []),
    );
    expect(summaries.length).toBeGreaterThan(5);
    for (const summary of summaries)
      expect(await page.getByText(summary, { exact: true }).count()).toBe(1);
  });

  it("sends a request as it stands, and shows the answer", async () => {
    await page.getByText("Start a verification", { exact: true }).click();
    await page.getByRole("button", { name: "Execute" }).click();
    await page.locator(".live-responses-table").waitFor();
    expect(await page.locator(".live-responses-table").textContent()).toContain(
      '"status": "pending"',
    );
    expect((await system.handset.waitFor("+447700900123")).text).toMatch(/\d{6}/);
  });

  it("loads nothing from anybody else, and nothing that its policy forbids", () => {
    expect(faults).toEqual([]);
  });
});
