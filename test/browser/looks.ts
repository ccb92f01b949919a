import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Screens on which pages are looked at: each width and each scheme once. */
export const LOOKS = [
  { name: "phone, light", viewport: { width: 390, height: 844 }, colorScheme: "light" },
  { name: "desktop, dark", viewport: { width: 1_280, height: 800 }, colorScheme: "dark" },
  // WCAG 2.2 §1.4.10: no scrolling sideways.
  { name: "320 pixels", viewport: { width: 320, height: 640 }, colorScheme: "light" },
] as const;

/**
 * What axe-core finds wrong, and whether the page is wider than the screen, or a box of it wider than its place. The first run in a document, which compiles
 * half a megabyte, takes four times as long as the next.
 */
export async function flawsOf(page: Page, boxes = "html"): Promise<readonly string[]> {
  const isLoaded: boolean = await page.evaluate("'axe' in globalThis");
  if (!isLoaded) await page.evaluate(axe.source);
  const flaws: readonly string[] = await page.evaluate(`(async () => {
    const { violations } = await axe.run(document, {
      // Nothing of what is right is read.
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    const wide = [...document.querySelectorAll("html, ${boxes}")]
      .filter((one) => one.scrollWidth > one.clientWidth);
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target)),
      ...wide.map(({ localName }) => localName + " is wider than its place"),
    ];
  })()`);
  return flaws;
}

/** The same on each screen, with its name. The page stays on the narrowest. */
export async function flawsOnScreens(page: Page, boxes?: string): Promise<readonly string[]> {
  const flaws: string[] = [];
  for (const { name, viewport, colorScheme } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const isOn = `innerWidth === ${viewport.width} && matchMedia("(prefers-color-scheme: ${colorScheme})").matches`;
    await expect.poll(() => page.evaluate(isOn)).toBe(true);
    flaws.push(...(await flawsOf(page, boxes)).map((flaw) => `${name}: ${flaw}`));
  }
  return flaws;
}

/** Opens an address, and collects what a person would not see: faults of scripts and of the policy, and requests to another host. */
export async function openWatched(
  page: Page,
  address: string,
  mayBeRefused = false,
): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const faults: string[] = [];
  page.on("pageerror", (fault) => faults.push(String(fault)));
  page.on("console", (message) => {
    // A browser reports each refused request as an error.
    const isRefusal = message.text().includes("Failed to load resource");
    if (message.type() === "error" && !(mayBeRefused && isRefusal)) faults.push(message.text());
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(address).origin && protocol !== "data:") faults.push(request.url());
  });
  await page.goto(address);
  return { page, faults };
}
