/** `npm run build:server`: writes the published files into `server/dist`: one file of JavaScript an entry, the parts that they share, and their types. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { declareTypes } from "../client/build.ts";

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
    declareTypes(HERE, folder),
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

if (import.meta.main)
  await runCommand(async () => {
    argumentsOf({ help: "npm run build:server", options: {} });
    await buildServer();
    return 0;
  });
