import { type Browser, chromium } from "playwright-core";

/** Where Debian and its kin put it. */
export const CHROMIUM = "/usr/bin/chromium";

/** Nothing that looks for updates, accounts or a screen. */
const ARGS = [
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
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
}
