import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { TEXT_FILES } from "../client/text-files.ts";

const PAGES = join(import.meta.dirname, "pages");
const FORM = join(import.meta.dirname, "../client/src");

/** The scripts that hold the form of the client package, which is written in TypeScript, and what has to be there before it. */
const ENTRIES = ["sign-in.js", "exchanges.js", "playground.js", "form.js"] as const;

/** Supported by all browsers that have `light-dark` in style sheets. */
const TARGET = "es2022";

/** The bundled scripts by the last part of their address; built anew where a source has changed since. */
export type PageScripts = (name: string) => Promise<Uint8Array | undefined>;

export function createPageScripts(): PageScripts {
  let built: { readonly version: number; readonly files: Files } | undefined;
  return async (name) => {
    const version = await newestChange();
    if (built?.version !== version) built = { version, files: bundlePageScripts() };
    return (await built.files).get(name);
  };
}

type Files = Promise<ReadonlyMap<string, Uint8Array>>;

export async function bundlePageScripts(): Files {
  const { outputFiles } = await build({
    entryPoints: ENTRIES.map((name) => join(PAGES, name)),
    outdir: PAGES,
    bundle: true,
    splitting: true,
    format: "esm",
    target: TARGET,
    plugins: [TEXT_FILES],
    chunkNames: "part-[name]-[hash]",
    charset: "utf8",
    write: false,
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

async function newestChange(): Promise<number> {
  const times = await Promise.all([PAGES, FORM].map(changesIn));
  return Math.max(...times.flat());
}

async function changesIn(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  );
}
