import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildClient } from "../../client/build.ts";
import { LOCALES as ALL } from "../../client/src/locales.ts";
import { readTranslations } from "../../client/text-files.ts";

const LOCALES = ALL.filter((locale) => locale !== "en-GB");

const FORM = join(import.meta.dirname, "../../client/src/form");

/** What a page loads before anybody has done anything: form, client, English. Issue 19 asks for 16 KB. */
const MOST_BYTES = 16 * 1_024;
/** The steps after the number, which come while it is typed. */
const MOST_AFTER_BYTES = 4.5 * 1_024;
/** What comes once the form stands there, and is not waited for: the library that knows how numbers are written, without its numbering plans. */
const MOST_FORMATTING_BYTES = 14 * 1_024;
/** The plans of all countries of the world; a page pays for them with one cached file. */
const MOST_PLANS_BYTES = 21 * 1_024;
/** One more language than English. */
const MOST_LANGUAGE_BYTES = 2.5 * 1_024;

let folder: string;
let sizes: ReadonlyMap<string, number>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-form-"));
  await buildClient(folder);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  sizes = new Map(
    await Promise.all(
      names.map(async (name) => [name, gzipped(await readFile(join(folder, name)))] as const),
    ),
  );
});
afterAll(() => rm(folder, { recursive: true }));

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).byteLength;
}

const NO_PLANS: Plugin = {
  name: "no numbering plans",
  setup(builder) {
    builder.onLoad({ filter: /metadata\.min\.json\.js$/ }, () => ({
      contents: "export default {}",
    }));
  },
};

describe("the form in the package", () => {
  it("costs a page no more than its budget before anybody types", async () => {
    const script = await readFile(join(folder, "form.js"), "utf8");
    const first = [...script.matchAll(/from"\.\/(form\/[\w-]+\.js)"/g)].map(([, name]) => name);
    const bytes = ["form.js", ...first].map((name) => sizes.get(name ?? "") ?? 0);
    expect(bytes).not.toContain(0);
    const total = bytes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(MOST_BYTES / 2);
    expect(total).toBeLessThanOrEqual(MOST_BYTES);
  });

  it("loads the steps after the number apart, within their budget", () => {
    expect(sizes.get("form/after-number.js") ?? Infinity).toBeLessThanOrEqual(MOST_AFTER_BYTES);
  });

  it("loads the formatting of numbers and the plans of the world apart, each within its budget", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(FORM, "formatting.ts")],
      bundle: true,
      minify: true,
      format: "esm",
      plugins: [NO_PLANS],
      write: false,
    });
    const code = gzipped(outputFiles[0]?.contents ?? new Uint8Array());
    const whole = sizes.get("form/formatting.js") ?? 0;
    expect(code).toBeLessThanOrEqual(MOST_FORMATTING_BYTES);
    expect(whole - code).toBeLessThanOrEqual(MOST_PLANS_BYTES);
    expect(whole - code).toBeGreaterThan(MOST_PLANS_BYTES / 2);
  });

  it("loads each language apart, with its row of the table, within its budget", async () => {
    const languages = new Map(
      LOCALES.map((tag) => [tag, sizes.get(`form/${tag.toLowerCase()}.js`) ?? 0]),
    );
    const wrong = [...languages].filter(([, size]) => size === 0 || size > MOST_LANGUAGE_BYTES);
    expect(wrong).toEqual([]);
    for (const [locale, texts] of await readTranslations()) {
      const language: unknown = await import(join(folder, `form/${locale}.js`));
      expect({ ...Object(language) }).toEqual({ texts });
      expect(await readFile(join(folder, "form.js"), "utf8")).toContain(`"./form/${locale}.js"`);
    }
  });

  it("needs no other package, evaluates nothing, and writes no markup", async () => {
    const names = [...sizes.keys()].filter(
      (name) => !["index.js", "react.js"].includes(basename(name)),
    );
    for (const name of names) {
      const script = await readFile(join(folder, name), "utf8");
      const imports = [...script.matchAll(/(?:from|import)\s*\(?["'`]([^"'`]+)/g)];
      expect(imports.map(([, from]) => from).filter((from) => !from?.startsWith("."))).toEqual([]);
      expect(script).not.toMatch(
        /\beval\(|new Function|innerHTML|insertAdjacentHTML|setAttribute\("style/,
      );
    }
  });
});
