import { readFile } from "node:fs/promises";
import { type Plugin, transform } from "esbuild";

/** Lets a script import a style sheet as text without comments and spaces. */
export const CSS_TEXT: Plugin = {
  name: "css as text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await transform(source, { loader: "css", minify: true });
      return { contents: `export const css = ${JSON.stringify(code.trim())};`, loader: "js" };
    });
  },
};
