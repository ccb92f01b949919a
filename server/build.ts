/** `npm run build:server`: what is published, into `server/dist`. One file of JavaScript an entry, the parts that they share, and their types. */
import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

const HERE = import.meta.dirname;

/** Each is `@latchkey/server/<name>`; a program loads what it imports and nothing else. */
export const ENTRIES = [
  "index",
  "dynamodb",
  "redis",
  "express",
  "fastify",
  "hono",
  "nextjs",
  "lambda",
  "cognito",
  "better-auth",
  "authjs",
  "firebase",
  "supabase",
] as const;

export async function buildServer(folder: string = join(HERE, "dist")): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([
    build({
      entryPoints: ENTRIES.map((name) => join(HERE, `src/${name}.ts`)),
      outdir: folder,
      bundle: true,
      splitting: true,
      packages: "external",
      format: "esm",
      platform: "node",
      target: "node20",
      chunkNames: "shared/[hash]",
      logLevel: "silent",
    }),
    declare(folder),
  ]);
}

/** The Lambda of `LatchkeySignIn`, with all that it needs. */
export async function buildCognitoHandler(folder: string): Promise<void> {
  await build({
    entryPoints: [join(HERE, "src/cognito-handler.ts")],
    outfile: join(folder, "index.cjs"),
    bundle: true,
    minify: true,
    format: "cjs",
    platform: "node",
    target: "node24",
    logLevel: "silent",
  });
}

async function declare(folder: string): Promise<void> {
  const compiler = join(HERE, "../node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [compiler, "-p", HERE, "--outDir", folder]);
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".d.ts"));
  await Promise.all(files.map((name) => nameOutputs(join(folder, name))));
}

/** Sources import each other by `.ts`; what is published must say `.js`. */
async function nameOutputs(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(["(]\.{1,2}\/[\w/-]+)\.ts"/g, '$1.js"'));
}

if (import.meta.main) await buildServer();
