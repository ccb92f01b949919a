import { rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import type { AnyFunctionName } from "../functions/runtime/environment.ts";
import { leanPackages, leavingOut } from "./bundle-plugins.ts";
import { byBundle } from "./by-function.ts";

/** The deployed code of one function: a directory with `index.cjs`, the `main.cjs` that it loads, and nothing else. */
export type Bundle = {
  readonly directory: string;
  readonly bytes: number;
  /** The source files that are part of it. */
  readonly inputs: readonly string[];
};

const PROJECT = resolve(import.meta.dirname, "..");

/** Options of every bundle that runs in Lambda. */
export const BUNDLING = {
  absWorkingDir: PROJECT,
  bundle: true,
  platform: "node",
  target: "node24",
  // ES modules that import node:http load all of undici, as much as an empty runtime (nodejs/node#59686).
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  // The SDK's ES modules shrink to two thirds of its CommonJS.
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  // One letter beyond Latin-1 would double what V8 reads.
  charset: "ascii",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [leavingOut, leanPackages],
  metafile: true,
} as const satisfies BuildOptions;

/** Lambda imports this file, and Node searches a whole imported file for names of exports: with the code in it, 1 ms of every cold start. */
export const ENTRY = 'exports.handler = require("./main.cjs").handler;\n';

/** Bundles every function into `<outdir>/<name>/main.cjs`. The same sources give the same bytes in any directory. */
export async function bundleFunctions(
  outdir: string,
): Promise<Readonly<Record<AnyFunctionName, Bundle>>> {
  const directories = byBundle((name) => resolve(outdir, name));
  for (const directory of Object.values(directories)) {
    await rm(directory, { recursive: true, force: true });
  }
  const entryPoints = Object.keys(directories).map((name) => ({
    in: `functions/${name}.ts`,
    out: `${name}/main`,
  }));
  const { metafile } = await build({ ...BUNDLING, entryPoints, outdir: resolve(outdir) });
  for (const directory of Object.values(directories))
    await writeFile(join(directory, "index.cjs"), ENTRY);
  return byBundle((name) => bundleIn(directories[name], metafile));
}

function bundleIn(directory: string, { outputs }: Metafile): Bundle {
  const path = relative(PROJECT, join(directory, "main.cjs"));
  const output = outputs[path.split("\\").join("/")];
  if (output === undefined) throw new Error(`esbuild wrote no ${path}`);
  return { directory, bytes: output.bytes, inputs: Object.keys(output.inputs) };
}
