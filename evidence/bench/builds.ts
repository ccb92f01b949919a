import { join, resolve } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
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

/** What differs from the deploy's own build. */
export type Differences = {
  readonly options?: BuildOptions;
  /** Plugins that come before those of the deploy. */
  readonly before?: readonly Plugin[];
};

/** Bundles one entry as the deploy does, but for `differences`. */
export async function bundle(
  name: string,
  entry: string,
  { options = {}, before = [] }: Differences = {},
): Promise<Build> {
  const directory = join(BENCH_FOLDER, "bundles", name);
  const { metafile } = await build({
    ...BUNDLING,
    ...options,
    plugins: [...before, ...(options.plugins ?? BUNDLING.plugins)],
    metafile: true,
    entryPoints: [{ in: entry, out: "index" }],
    outdir: directory,
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild wrote no ${name}`);
  return { directory, bytes: output.bytes, metafile };
}

export function bundleFunction(
  name: FunctionName,
  as: string = name,
  differences?: Differences,
): Promise<Build> {
  return bundle(as, `functions/${name}.ts`, differences);
}
