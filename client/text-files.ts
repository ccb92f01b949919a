import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Plugin, transform } from "esbuild";

/** One row a language, one column a text. English is inside the form. */
const TRANSLATIONS = fileURLToPath(new URL("src/form/translations.tsv", import.meta.url));

type Rows = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The texts of each language by its tag in lower case. A cell that is empty has no text: English is shown. */
export async function readTranslations(): Promise<Rows> {
  const [[, ...keys] = [], ...rows] = (await readFile(TRANSLATIONS, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  return new Map(
    rows.map(([locale = "", ...cells]) => {
      const texts = keys.map((key, index) => [key, cells[index] ?? ""] as const);
      return [locale.toLowerCase(), Object.fromEntries(texts.filter(([, text]) => text !== ""))];
    }),
  );
}

/** The entry point that holds the texts of one language, such as `translation:de`. */
export function translationEntry(locale: string): string {
  return `translation:${locale}`;
}

/** Lets a script import a style sheet as text without comments and spaces, and the table of translations as functions that load one language each. */
export const TEXT_FILES: Plugin = {
  name: "text files",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await transform(source, { loader: "css", minify: true });
      return { contents: `export const css = ${JSON.stringify(code.trim())};`, loader: "js" };
    });
    build.onLoad({ filter: /translations\.tsv$/ }, async () => {
      const loaders = [...(await readTranslations()).keys()].map(
        (locale) => `${JSON.stringify(locale)}: () => import("${translationEntry(locale)}")`,
      );
      return { contents: `export const translations = {${loaders.join(",")}};`, loader: "js" };
    });
    build.onResolve({ filter: /^translation:/ }, ({ path }) => ({
      path: path.slice(translationEntry("").length),
      namespace: "translation",
    }));
    build.onLoad({ filter: /./, namespace: "translation" }, async ({ path }) => {
      const texts = (await readTranslations()).get(path);
      return { contents: `export const texts = ${JSON.stringify(texts)};`, loader: "js" };
    });
  },
};
