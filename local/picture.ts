/** Makes `docs/images/demo.webp`, the picture of the README: a code that is typed, the phone that it came to, and what it proves. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, webpOf } from "./chromium.ts";
import { startSystem } from "./system.ts";

const FILE = join(import.meta.dirname, "../docs/images/demo.webp");
const NUMBER = "07700 900123";
const SHARPNESS = 2;
/** So that all three fit beside each other. */
const ZOOM = 0.42;

const [system, browser] = await Promise.all([
  startSystem({ port: 0, engine: "dynalite" }),
  launchBrowser(),
]);
try {
  const picture = await composed(browser, await steps(browser, system.url));
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, picture);
  process.stdout.write(`${FILE}  ${Math.ceil(picture.byteLength / 1_024)} KB\n`);
} finally {
  await Promise.all([browser.close(), system.stop()]);
}

/** The three cards, each as it stands on its page. */
async function steps(from: Browser, url: string): Promise<readonly Buffer[]> {
  const context = await from.newContext({
    viewport: { width: 500, height: 900 },
    deviceScaleFactor: SHARPNESS,
    colorScheme: "light",
    reducedMotion: "reduce",
    // For the one style below, which the pages' own policy refuses.
    bypassCSP: true,
  });
  const [page, handset] = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all([page.goto(url), handset.goto(`${url}/handset`)]);
  for (const each of [page, handset])
    await each.addStyleTag({ content: "html, body { background: transparent !important }" });
  await page.getByLabel("Mobile number").fill(NUMBER);
  await page.getByRole("button", { name: "Send code" }).click();
  const phone = handset.getByRole("region", { name: NUMBER });
  const code = (await phone.locator("strong").textContent()) ?? "";
  const field = page.getByLabel("Code", { exact: true });
  // Without its last digit: with that one it is checked at once.
  await field.pressSequentially(code.slice(0, -1));
  const typed = await shot(page, ".card");
  const message = await shot(handset, ".phone");
  await field.press(code.slice(-1));
  await page.getByRole("heading", { name: "The number is proven" }).waitFor();
  return [typed, message, await shot(page, ".card")];
}

function shot(page: Page, selector: string): Promise<Buffer> {
  return page.locator(selector).screenshot({ omitBackground: true });
}

async function composed(from: Browser, parts: readonly Buffer[]): Promise<Buffer> {
  const page = await from.newPage({ viewport: { width: 1_240, height: 740 } });
  const images = parts.map(
    (part) => `<img alt="" src="data:image/png;base64,${part.toString("base64")}">`,
  );
  await page.setContent(`<style>
    body { margin: 0; height: 740px; display: flex; justify-content: center; align-items: center; gap: 44px; background: #e9f1ec }
    img { zoom: ${ZOOM}; filter: drop-shadow(0 24px 32px rgb(0 0 0 / 14%)) }
  </style>${images.join("")}`);
  return webpOf(page);
}
