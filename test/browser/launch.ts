import { existsSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { install } from "../install.ts";

export type { Browser };

/** Its paths on Debian: the part without windows, which takes a third less CPU, or else the whole. */
const CHROMIUMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"] as const;
export const CHROMIUM = CHROMIUMS.find(existsSync);
export const NO_CHROMIUM = `there is no Chromium at ${CHROMIUMS.join(" or ")}`;

/** Throws where there is none. */
export function chromiumPath(): string {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
  return CHROMIUM;
}

/** Switches off updates, accounts and the need for a screen. */
export const CHROMIUM_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser without a window. Throws where there is none. */
export async function launchBrowser(): Promise<Browser> {
  await install("test/browser");
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_ARGS });
}

/** 0 to 100: at this one no difference from the screen is visible, at a fifth of a PNG's bytes. */
const QUALITY = 85;

/** A screenshot as WebP, which Playwright does not write. */
export async function webpOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: QUALITY,
  });
  return Buffer.from(data, "base64");
}
