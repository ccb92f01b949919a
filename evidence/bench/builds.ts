import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { FunctionName } from "../../functions/runtime/environment.ts";
import { BUNDLING, ENTRY } from "../../infra/bundles.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** Everything that the benchmark makes and that no reader needs. */
export const BENCH_FOLDER = join(PROJECT, ".build/bench");

/** Bundles one entry as the deploy does. Returns the folder of the bundle, which has the name that its handler is found by. */
export async function bundle(name: string, entry: string, out = "index"): Promise<string> {
  const directory = join(BENCH_FOLDER, "bundles", name);
  await build({ ...BUNDLING, entryPoints: [{ in: entry, out }], outdir: directory });
  return directory;
}

export async function bundleFunction(name: FunctionName): Promise<string> {
  const directory = await bundle(name, `functions/${name}.ts`, "main");
  await writeFile(join(directory, "index.cjs"), ENTRY);
  return directory;
}
