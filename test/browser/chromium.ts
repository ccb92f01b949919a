import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";

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

/** Why there is no browser to test with; `undefined` where there is one. On CI there has to be one. */
export function whyNoBrowser(): string | undefined {
  if (existsSync(EXECUTABLE)) return undefined;
  const reason = `there is no Chromium at ${EXECUTABLE}`;
  if (process.env["CI"] === "true") throw new Error(reason);
  process.stdout.write(`SKIPPED: the pages, since ${reason}\n`);
  return reason;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}
