/** `npm run build:client`: what is published, into `client/dist`. One small file of JavaScript, and its types. */
import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

const HERE = import.meta.dirname;

/** The oldest that browsers of the last five years and React Native's Hermes read without help. */
const TARGET = "es2020";

export async function buildClient(folder: string = join(HERE, "dist")): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([
    build({
      entryPoints: [join(HERE, "src/index.ts")],
      outfile: join(folder, "index.js"),
      bundle: true,
      minify: true,
      sourcemap: true,
      format: "esm",
      target: TARGET,
      logLevel: "silent",
    }),
    declare(folder),
  ]);
}

async function declare(folder: string): Promise<void> {
  const compiler = join(HERE, "../node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [compiler, "-p", HERE, "--outDir", folder]);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".d.ts"));
  await Promise.all(files.map((name) => nameOutputs(join(folder, name))));
}

/** Sources import each other by `.ts`; what is published must say `.js`. */
async function nameOutputs(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"'));
}

if (import.meta.main) await buildClient();
