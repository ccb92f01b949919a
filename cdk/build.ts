/** `npm run build:cdk`: writes the published files into `cdk/dist`: the construct, its types, and the bundles of the functions. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { declareTypes } from "../client/build.ts";
import { bundleFunctions } from "../infra/bundles.ts";
import manifest from "./package.json" with { type: "json" };

const HERE = import.meta.dirname;

/** Packages of the app that installs this one: their classes and schemas must be the same objects everywhere. */
const EXTERNAL = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

export async function buildCdk(folder: string = join(HERE, "dist")): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([
    build({
      entryPoints: [join(HERE, "index.ts")],
      outfile: join(folder, "index.js"),
      bundle: true,
      platform: "node",
      target: "node22",
      format: "esm",
      external: EXTERNAL.flatMap((name) => [name, `${name}/*`]),
      legalComments: "none",
      charset: "utf8",
      logLevel: "silent",
    }),
    bundleFunctions(join(folder, "functions")),
  ]);
  await declareTypes(HERE, join(folder, "types"));
}

if (import.meta.main)
  await runCommand(async () => {
    argumentsOf({ help: "npm run build:cdk", options: {} });
    await buildCdk();
    return 0;
  });
