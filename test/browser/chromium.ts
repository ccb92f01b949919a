import { existsSync } from "node:fs";
import { CHROMIUM } from "../../local/chromium.ts";

/** Why there is no browser to test with; `undefined` where there is one. On CI there has to be one. */
export function whyNoBrowser(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined;
  const reason = `there is no Chromium at ${CHROMIUM}`;
  if (process.env["CI"] === "true") throw new Error(reason);
  process.stdout.write(`SKIPPED: the pages, since ${reason}\n`);
  return reason;
}
