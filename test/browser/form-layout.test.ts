import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testBrowser, whyNoBrowser } from "./chromium.ts";
import {
  checked,
  type FormPage,
  formGround,
  type Ground,
  script,
  verification,
} from "./form-page.ts";

/** For people to look at, made where `CONTACT_SHEET` is set: each parent and each text in each look, at both steps. No test needs it, and it takes half of the file's time. */
const SHEET = join(import.meta.dirname, "../../.build/contact-sheet.png");
const isSheetWanted = process.env["CONTACT_SHEET"] !== undefined;

/** Parents that ask their content how wide it wants to be, or give it little. */
const PARENTS = {
  block: "",
  "grid, centred": "display:grid;place-items:center",
  "flex, centred": "display:flex;justify-content:center",
  "flex column": "display:flex;flex-direction:column;align-items:center",
  "flex of 260 px": "display:flex;width:260px",
  "inline-block": "display:inline-block",
  "fit-content": "width:fit-content",
  "min-content": "width:min-content",
  "max-content": "width:max-content",
  float: "float:inline-start",
  absolute: "position:absolute",
  "at the edge": "position:absolute;right:0;top:0",
  columns: "columns:240px",
  "table cell": "display:table-cell",
  "200 px": "width:200px",
  contents: "display:contents",
  contained: "display:inline-block;contain:inline-size",
};

/** What a page may do to its text. */
const TEXTS = {
  plain: "",
  centred: "text-align:center",
  spaced: "letter-spacing:0.4em;word-spacing:1em;text-transform:uppercase;text-indent:3em",
  dense: "line-height:0.8;white-space:nowrap",
  zoomed: "zoom:1.5",
};

const CELLS = Object.entries(PARENTS).flatMap(([parent, around]) =>
  Object.entries(TEXTS).map(([text, style]) => ({
    name: `${parent}, ${text}`,
    style: `${around};${style}`,
    isZoomed: text === "zoomed",
    isNarrow: parent === "200 px" || parent === "contained",
    least: parent === "contained" ? 144 : 195,
    isShown: text === "plain" || parent === "block",
  })),
);

/** Each width, size, direction, script and theme. */
const LOOKS = [
  { width: 320, size: 100, locale: "de", colorScheme: "light", accent: "" },
  { width: 320, size: 200, locale: "en-GB", colorScheme: "dark", accent: "" },
  { width: 1_280, size: 100, locale: "ar", colorScheme: "light", accent: "#c2255c" },
  { width: 390, size: 100, locale: "el", colorScheme: "dark", accent: "#ffd43b" },
  { width: 390, size: 150, locale: "ru", colorScheme: "light", accent: "#3b5bdb" },
] as const;

/** Puts the form into a parent, and names what sticks out, is cut off, lies over another thing, or has no width to speak of. */
const MISFITS = `({ name: cell, style, isZoomed, isNarrow, least }) => {
  const form = document.querySelector("latchkey-form");
  document.body.removeAttribute("class");
  document.body.style.cssText = "display:block;margin:0;padding:16px";
  const parent = document.createElement("div");
  parent.style.cssText = style;
  document.body.replaceChildren(parent);
  parent.append(form);
  const misfits = [];
  const host = form.getBoundingClientRect();
  if (host.width < least) misfits.push("is " + host.width + " px wide");
  if (document.documentElement.scrollWidth > innerWidth && !isNarrow && !isZoomed)
    misfits.push("is wider than the screen");
  const things = [...form.shadowRoot.querySelectorAll("button, input, .title, .lead, label, .notice, .time, #code-hint")]
    .map((element) => ({ element, name: element.className + element.id, box: element.getBoundingClientRect() }))
    .filter(({ element, box }) => box.width > 1 && box.height > 1 && !element.matches(".said"));
  for (const { element, name, box } of things) {
    if (box.left < host.left - 4 || box.right > host.right + 4) misfits.push(name + " sticks out");
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) misfits.push(name + " is cut off");
    for (const other of things) {
      if (other.element.contains(element) || element.contains(other.element)) continue;
      const width = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const height = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      if (width > 2 && height > 2) misfits.push(name + " lies over " + other.name);
    }
  }
  return misfits.map((misfit) => cell + ": " + misfit);
}`;

describe.skipIf(whyNoBrowser() !== undefined)("the form in any parent", () => {
  let ground: Ground;
  const shots: string[] = [];
  beforeAll(async () => {
    ground = await formGround(900_400);
  });
  afterAll(() => (isSheetWanted ? writeSheet() : undefined));

  it.each(LOOKS)(
    "is $width px: nothing sticks out, is cut off or overlaps at $size % in $locale, $colorScheme $accent",
    async ({ width, size, locale, colorScheme, accent }) => {
      const page = await ground.newPage({ viewport: { width, height: 800 }, colorScheme });
      const on = await ground.open(page, {
        locale,
        channels: "sms whatsapp voice",
        countries: size === 100 ? "GB" : "GB FR",
      });
      await script(on.page, {
        start: () => ({ status: 201, body: verification({ nextChannel: "voice" }) }),
        check: () => checked("incorrect"),
      });
      const theme = accent === "" ? "" : `;--latchkey-accent:${accent}`;
      await on.page.evaluate(
        `document.documentElement.style.cssText = "font-size:${size}%${theme}"`,
      );
      const look = `${locale}, ${width} px, ${size} %, ${colorScheme} ${accent}`;
      await on.number.fill("07700 900123");
      expect(await misfitsOf(on, look)).toEqual([]);
      await on.primary.click();
      await on.code.fill("135791");
      await on.form.locator(".invalid").waitFor();
      expect(await misfitsOf(on, look)).toEqual([]);
      expect(on.faults).toEqual([]);
      await page.close();
    },
  );

  /** In one turn of the page, which then draws none of it. */
  async function misfitsOf({ page, form }: FormPage, look: string): Promise<readonly string[]> {
    for (const cell of isSheetWanted ? CELLS.filter(({ isShown }) => isShown) : []) {
      await page.evaluate(`(${MISFITS})(${JSON.stringify(cell)})`);
      const source = `data:image/png;base64,${(await form.screenshot()).toString("base64")}`;
      const caption = `<figcaption>${look}: ${cell.name}</figcaption>`;
      shots.push(`<figure><img src="${source}">${caption}</figure>`);
    }
    return page.evaluate(`${JSON.stringify(CELLS)}.flatMap(${MISFITS})`);
  }

  async function writeSheet(): Promise<void> {
    const page = await (await testBrowser()).newPage({ viewport: { width: 3_000, height: 100 } });
    await page.setContent(`<!doctype html><style>
      body { columns: 16; column-gap: 8px; font: 11px sans-serif }
      figure { break-inside: avoid; margin: 0 0 8px }
      img { max-width: 100% }
    </style>${shots.join("")}`);
    await mkdir(join(SHEET, ".."), { recursive: true });
    await writeFile(SHEET, await page.screenshot({ fullPage: true }));
  }
});
