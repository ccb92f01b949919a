/** Makes `docs/images/form.webp`: the form in four of its states, light and dark, from the left and from the right; and three themes of one accent. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, webpOf } from "./chromium.ts";
import { startSystem } from "./system.ts";

const IMAGES = join(import.meta.dirname, "../docs/images");
const SHARPNESS = 1.5;
const WIDTH = 390;
const HEIGHT = 700;

type Look = {
  readonly locale: string;
  readonly colorScheme: "light" | "dark";
  /** `--latchkey-accent`, where it is another than the form's own. */
  readonly accent?: string;
  /** The steps before the picture. */
  readonly act: (page: Page) => Promise<void>;
};

const [system, browser] = await Promise.all([
  startSystem({ port: 0, engine: "dynalite" }),
  launchBrowser(),
]);
try {
  const light = { colorScheme: "light" } as const;
  const dark = { colorScheme: "dark" } as const;
  const looks: readonly Look[] = [
    { ...light, locale: "en-GB", act: (page) => type(page, "7700 900123") },
    { ...dark, locale: "ar", act: (page) => askForCode(page, "7700 900124") },
    { ...light, locale: "de", act: (page) => typeWrongCode(page, "7700 900125") },
    { ...dark, locale: "en-GB", act: (page) => prove(page, "7700 900126") },
  ];
  const themes: readonly Look[] = [
    { ...light, locale: "en-GB", accent: "#3b5bdb", act: (page) => type(page, "7700 900127") },
    { ...dark, locale: "en-GB", accent: "#ffd43b", act: (page) => askForCode(page, "7700 900128") },
    {
      ...light,
      locale: "fr",
      accent: "#c2255c",
      act: (page) => typeWrongCode(page, "7700 900129"),
    },
  ];
  await draw("form.webp", looks);
  await draw("form-themes.webp", themes);
} finally {
  await Promise.all([browser.close(), system.stop()]);
}

async function draw(name: string, looks: readonly Look[]): Promise<void> {
  const shots = await Promise.all(looks.map((look) => shot(browser, look)));
  const picture = await sideBySide(browser, shots);
  await writeFile(join(IMAGES, name), picture);
  process.stdout.write(`${name}  ${Math.ceil(picture.byteLength / 1_024)} KB\n`);
}

async function shot(from: Browser, { locale, colorScheme, accent, act }: Look): Promise<Buffer> {
  const context = await from.newContext({
    viewport: { width: WIDTH, height: HEIGHT },
    deviceScaleFactor: SHARPNESS,
    colorScheme,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.route("**/picture", (route) =>
    route.fulfill({ contentType: "text/html", body: documentIn(locale) }),
  );
  await page.goto(`${system.url}/picture`);
  await page.locator("latchkey-form option").first().waitFor({ state: "attached" });
  if (accent !== undefined)
    await page.addStyleTag({ content: `latchkey-form { --latchkey-accent: ${accent} }` });
  await act(page);
  const picture = await page.screenshot();
  await context.close();
  return picture;
}

function documentIn(locale: string): string {
  return `<!doctype html><html lang="${locale}" dir="${locale === "ar" ? "rtl" : "ltr"}">
    <meta charset="utf-8"><meta name="color-scheme" content="light dark">
    <link rel="stylesheet" href="/pages/base.css"><link rel="stylesheet" href="/pages/sign-in.css">
    <script type="module" src="/pages/form.js"></script>
    <main class="card"><latchkey-form countries="GB IE FR" channels="sms whatsapp voice"></latchkey-form></main>`;
}

async function type(page: Page, national: string): Promise<void> {
  await page.locator("#number").pressSequentially(`0${national}`);
}

async function askForCode(page: Page, national: string): Promise<void> {
  await type(page, national);
  await page.keyboard.press("Enter");
  await page.locator("#code").waitFor();
}

async function codeOf(national: string): Promise<string> {
  const { text } = await system.handset.waitFor(`+44${national.replace(" ", "")}`);
  return /\d{6}/.exec(text)?.[0] ?? "";
}

async function typeWrongCode(page: Page, national: string): Promise<void> {
  await askForCode(page, national);
  const code = await codeOf(national);
  await page.locator("#code").fill(code.replace(/\d$/, (last) => String((Number(last) + 1) % 10)));
  await page.locator(".notice.fault[data-told]").waitFor();
}

async function prove(page: Page, national: string): Promise<void> {
  await askForCode(page, national);
  await page.locator("#code").fill(await codeOf(national));
  await page.locator(".confirmed").waitFor();
}

async function sideBySide(from: Browser, parts: readonly Buffer[]): Promise<Buffer> {
  const page = await from.newPage({ viewport: { width: 300 * parts.length, height: 540 } });
  const images = parts.map(
    (part) => `<img alt="" src="data:image/png;base64,${part.toString("base64")}">`,
  );
  await page.setContent(
    `<style>body { margin: 0; display: flex } img { width: 300px }</style>${images.join("")}`,
  );
  return webpOf(page);
}
