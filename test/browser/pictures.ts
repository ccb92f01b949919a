/**
 * Makes the pictures of the documents: `demo.webp` of the README, a code that is typed, the phone that it came to, and what it proves; `form.webp`,
 * the form in four of its states, light and dark, from the left and from the right; and `form-themes.webp`, three themes of one accent.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startSystem } from "../../local/system.ts";
import { launchBrowser, webpOf } from "./launch.ts";

const IMAGES = join(import.meta.dirname, "../../docs/images");
const NUMBER = "07700 900123";

type Look = {
  readonly locale: string;
  readonly colorScheme: "light" | "dark";
  /** `--latchkey-accent`, where it is another than the form's own. */
  readonly accent?: string;
  /** The steps before the picture. */
  readonly act: (page: Page) => Promise<void>;
};

const light = { colorScheme: "light" } as const;
const dark = { colorScheme: "dark" } as const;
const STATES: readonly Look[] = [
  { ...light, locale: "en-GB", act: (page) => type(page, "7700 900124") },
  { ...dark, locale: "ar", act: (page) => askForCode(page, "7700 900125") },
  { ...light, locale: "de", act: (page) => typeWrongCode(page, "7700 900126") },
  { ...dark, locale: "en-GB", act: (page) => prove(page, "7700 900127") },
];
const THEMES: readonly Look[] = [
  { ...light, locale: "en-GB", accent: "#3b5bdb", act: (page) => type(page, "7700 900128") },
  { ...dark, locale: "en-GB", accent: "#ffd43b", act: (page) => askForCode(page, "7700 900129") },
  { ...light, locale: "fr", accent: "#c2255c", act: (page) => typeWrongCode(page, "7700 900130") },
];

const [system, browser] = await Promise.all([
  startSystem({ port: 0, engine: "dynalite" }),
  launchBrowser(),
]);
try {
  await draw("demo.webp", await steps(), {
    viewport: { width: 1_240, height: 740 },
    // The zoom lets all three fit beside each other.
    style: `body { height: 740px; justify-content: center; align-items: center; gap: 44px; background: #e9f1ec }
      img { zoom: 0.42; filter: drop-shadow(0 24px 32px rgb(0 0 0 / 14%)) }`,
  });
  for (const [name, looks] of [
    ["form.webp", STATES],
    ["form-themes.webp", THEMES],
  ] as const)
    await draw(name, await Promise.all(looks.map(shot)), {
      viewport: { width: 300 * looks.length, height: 540 },
      style: "img { width: 300px }",
    });
} finally {
  await Promise.all([browser.close(), system.stop()]);
}

type Sheet = {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly style: string;
};

/** Writes the parts beside each other as one picture. */
async function draw(name: string, parts: readonly Buffer[], { viewport, style }: Sheet) {
  const page = await browser.newPage({ viewport });
  const images = parts.map(
    (part) => `<img alt="" src="data:image/png;base64,${part.toString("base64")}">`,
  );
  await page.setContent(
    `<style>body { margin: 0; display: flex } ${style}</style>${images.join("")}`,
  );
  const picture = await webpOf(page);
  await writeFile(join(IMAGES, name), picture);
  process.stdout.write(`${name}  ${Math.ceil(picture.byteLength / 1_024)} KB\n`);
}

/** The three cards, each as on its page. */
async function steps(): Promise<readonly Buffer[]> {
  const context = await browser.newContext({
    ...light,
    viewport: { width: 500, height: 900 },
    deviceScaleFactor: 2,
    reducedMotion: "reduce",
    // For the one style below, which the pages' own policy refuses.
    bypassCSP: true,
  });
  const [page, handset] = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all([page.goto(system.url), handset.goto(`${system.url}/handset`)]);
  for (const each of [page, handset])
    await each.addStyleTag({ content: "html, body { background: transparent !important }" });
  const card = (of: Page, selector: string) =>
    of.locator(selector).screenshot({ omitBackground: true });
  await page.getByLabel("Mobile number").fill(NUMBER);
  await page.getByRole("button", { name: "Send code" }).click();
  const phone = handset.getByRole("region", { name: NUMBER });
  const code = (await phone.locator("strong").textContent()) ?? "";
  const field = page.getByLabel("Code", { exact: true });
  // Without its last digit: with that one it is checked at once.
  await field.pressSequentially(code.slice(0, -1));
  const typed = await card(page, ".card");
  const message = await card(handset, ".phone");
  await field.press(code.slice(-1));
  await page.getByRole("heading", { name: "The number is proven" }).waitFor();
  return [typed, message, await card(page, ".card")];
}

async function shot({ locale, colorScheme, accent, act }: Look): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 700 },
    deviceScaleFactor: 1.5,
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
