import { join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import type { FunctionName } from "../../functions/runtime/environment.ts";
import { BUNDLING } from "../../infra/bundles.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** Everything that the benchmark makes and that no reader needs. */
export const BENCH_FOLDER = join(PROJECT, ".build/bench");

export type Build = {
  /** Holds the bundle, under the name that its handler is found by. */
  readonly directory: string;
  readonly bytes: number;
  readonly metafile: Metafile;
};

/** Bundles one entry as the deploy does. */
export async function bundle(name: string, entry: string): Promise<Build> {
  const directory = join(BENCH_FOLDER, "bundles", name);
  const { metafile } = await build({
    ...BUNDLING,
    metafile: true,
    entryPoints: [{ in: entry, out: "index" }],
    outdir: directory,
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild wrote no ${name}`);
  return { directory, bytes: output.bytes, metafile };
}

export function bundleFunction(name: FunctionName): Promise<Build> {
  return bundle(name, `functions/${name}.ts`);
}
