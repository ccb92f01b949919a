import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
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

/**
 * Makes pages of an address. Those with the same options are in one process, which takes a third of the CPU time that a process for each does.
 * They share a context, whose storage is empty when a page begins, and no history.
 */
export function pagesIn(browser: Browser, url: string) {
  const openers = new Map<string, Promise<Page>>();
  const pages: Page[] = [];
  const newPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const key = JSON.stringify(options);
    const made = openers.get(key) ?? openerIn(browser, url, options);
    openers.set(key, made);
    const opener = await made;
    const [page] = await Promise.all([
      opener.waitForEvent("popup"),
      opener.evaluate("localStorage.clear(); void open();"),
    ]);
    pages.push(page);
    return page;
  };
  const closePages = async () => {
    for (const page of pages.splice(0)) await page.close();
  };
  return { newPage, closePages };
}

/** Of the policy of openers that pages of the system have: with another one each page would get a process. */
async function openerIn(browser: Browser, url: string, options: BrowserContextOptions) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${url}/pages/base.css`);
  return page;
}

/** A browser whose every wait has the time that the configuration of the tests gives. */
export async function testBrowser(): Promise<Browser> {
  const browser = await launchBrowser();
  browser.on("context", (context) => context.setDefaultTimeout(POLL_MILLISECONDS));
  return browser;
}
