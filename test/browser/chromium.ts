import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { POLL_MILLISECONDS } from "../vitest.config.ts";
import { CHROMIUM, launchBrowser } from "./launch.ts";

/** Why there is no browser to test with; `undefined` where there is one. On CI there has to be one. */
export function whyNoBrowser(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined;
  const reason = `there is no Chromium at ${CHROMIUM}`;
  if (process.env["CI"] === "true") throw new Error(reason);
  process.stdout.write(`SKIPPED: the pages, since ${reason}\n`);
  return reason;
}

/** A browser whose every wait has the time that the configuration of the tests gives. */
export async function testBrowser(): Promise<Browser> {
  const browser = await launchBrowser();
  browser.on("context", (context) => context.setDefaultTimeout(POLL_MILLISECONDS));
  return browser;
}
