import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian and its kin put it. */
export const CHROMIUM = "/usr/bin/chromium";

/** Nothing that looks for updates, accounts or a screen. */
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
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
}

/** 0 to 100: at this one no difference from the screen is visible, at a fifth of a PNG's bytes. */
const QUALITY = 85;

/** What a page shows, as WebP, which Playwright itself does not write. */
export async function webpOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: QUALITY,
  });
  return Buffer.from(data, "base64");
}
