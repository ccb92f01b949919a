import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { POLL_MILLISECONDS } from "../vitest.config.ts";
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from "./launch.ts";

/** Why there is no browser to test with; `undefined` where there is one. On CI there has to be one. */
export function whyNoBrowser(): string | undefined {
  if (CHROMIUM !== undefined) return undefined;
  if (process.env["CI"] === "true") throw new Error(NO_CHROMIUM);
  process.stdout.write(`SKIPPED: the pages, since ${NO_CHROMIUM}\n`);
  return NO_CHROMIUM;
}

/** `hasClock`: one that tests turn. Playwright gives it to a whole context, for good. */
export type PageOptions = BrowserContextOptions & { readonly hasClock?: boolean };

/** Of all files that share this process, by the options of their context. */
const openers = new Map<string, Promise<Page>>();

/**
 * Makes pages of an address. They share a process and a context, whose storage is empty when a page begins, and no history: a process for each takes
 * three times the CPU time, and a context for each screen takes half a second of it.
 */
export function pagesIn(url: string) {
  const pages: Page[] = [];
  const newPage = async (options: PageOptions = {}): Promise<Page> => {
    const { viewport, colorScheme = "light", reducedMotion = "reduce", ...kind } = options;
    const { hasClock = false, ...rest } = kind;
    const key = JSON.stringify(kind);
    const made = openers.get(key) ?? openerIn(rest);
    openers.set(key, made);
    const opener = await made;
    // Of the policy of openers that pages of the system have: with another one each page would get a process.
    if (!opener.url().startsWith(`${url}/`)) await opener.goto(`${url}/pages/base.css`);
    const [page] = await Promise.all([
      opener.waitForEvent("popup"),
      opener.evaluate("localStorage.clear(); void open();"),
    ]);
    pages.push(page);
    await page.emulateMedia({ colorScheme, reducedMotion });
    if (viewport) await page.setViewportSize(viewport);
    if (hasClock) await page.clock.install();
    return page;
  };
  const closePages = async () => {
    for (const page of pages.splice(0)) await page.close();
  };
  return { newPage, closePages };
}

async function openerIn(options: BrowserContextOptions): Promise<Page> {
  const context = await (await testBrowser()).newContext({ locale: "en-GB", ...options });
  return context.newPage();
}

let browser: Promise<Browser> | undefined;

/** A browser whose every wait has the time that the configuration of the tests gives. Files that share this process share it; it ends with the process. */
export function testBrowser(): Promise<Browser> {
  browser ??= launchBrowser().then((made) =>
    made.on("context", (context) => context.setDefaultTimeout(POLL_MILLISECONDS)),
  );
  return browser;
}
