import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { requireTool } from "../../tools/tools.ts";

const ROOT = join(import.meta.dirname, "../../..");
const BUILT = join(ROOT, ".build/fuzz");

/** Where counts are kept while a bundle runs. */
export const COUNTS = "__fuzzed__";

/** A target with all that it reaches in one file, the branches of these files counted. Dependencies stay as they are. */
export async function bundled(name: string, reaches: readonly string[]): Promise<string> {
  const outfile = join(BUILT, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`evidence/fuzz/targets/${name}.ts`],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    packages: "external",
    charset: "utf8",
    logLevel: "error",
    plugins: [counting(new Set(reaches))],
  });
  return outfile;
}

function counting(files: ReadonlySet<string>): Plugin {
  const { createInstrumenter } = Object(requireTool("istanbul-lib-instrument"));
  return {
    name: "counting",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(ROOT, path);
        if (!files.has(file)) return undefined;
        const instrumenter = createInstrumenter({
          esModules: true,
          coverageVariable: COUNTS,
          parserPlugins: ["typescript"],
        });
        const contents = instrumenter.instrumentSync(readFileSync(path, "utf8"), file);
        return { contents, loader: "ts" };
      });
    },
  };
}

/** The words that stand in quotes in these files: what the code compares with. */
export function wordsIn(files: readonly string[]): readonly string[] {
  const texts = files.map((file) => readFileSync(join(ROOT, file), "utf8"));
  const words = texts.flatMap((text) =>
    [...text.matchAll(/"((?:[^"\\\n]|\\.){1,40})"/g)].map(([, word = ""]) => word),
  );
  return [...new Set(words)].filter((word) => !word.includes("/"));
}
