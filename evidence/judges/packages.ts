import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildCdk } from "../../cdk/build.ts";
import { buildClient } from "../../client/build.ts";
import manifest from "../../package.json" with { type: "json" };
import { buildServer } from "../../server/build.ts";
import { inFolder, type Judge } from "./judge.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const PACKAGES = { client: buildClient, server: buildServer, cdk: buildCdk } as const;

/** A program of somebody who has all three packages. */
const APP = `
import { Latchkey } from "@latchkey/cdk";
import { createClient } from "@latchkey/client";
import { createProofVerifier } from "@latchkey/server";
import { App, Stack } from "aws-cdk-lib";
import { STAGES } from "./latchkey.config.ts";

const app = new App({ outdir: "cdk.out" });
new Latchkey(new Stack(app, "Acme"), "Phone", { stage: STAGES.prod });
app.synth();
createClient({ baseUrl: "http://127.0.0.1:1" });
const verify = createProofVerifier({ issuer: "http://127.0.0.1:1", audience: "shop", purposes: ["login"] });
console.log(typeof verify);
`;

export const packages: Judge = {
  name: "npm install",
  packages: ["aws-cdk-lib", "jose"],
  subject:
    "the three packages, packed and installed from the registry into an empty folder, used by one program",
  isQuick: true,
  accepted: [],
  fault: {
    what: "a package whose manifest lacks a dependency",
    finding: /Cannot find package 'jose'/,
  },
  run: (isPlanted) =>
    inFolder(async (folder) => {
      const tarballs: string[] = [];
      for (const [name, build] of Object.entries(PACKAGES))
        tarballs.push(await packed(join(folder, name), name, build, isPlanted));
      const { "aws-cdk-lib": cdk, constructs } = manifest.devDependencies;
      await writeFile(join(folder, "package.json"), '{ "type": "module" }');
      const config = await readFile(join(ROOT, "latchkey.config.ts"), "utf8");
      await writeFile(
        join(folder, "latchkey.config.ts"),
        config.replace("./infra/stage.ts", "@latchkey/cdk"),
      );
      await writeFile(join(folder, "app.ts"), APP);
      const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=5"];
      const peers = [`aws-cdk-lib@${cdk}`, `constructs@${constructs}`];
      await run("npm", ["install", ...options, ...peers, ...tarballs], { cwd: folder });
      const findings = await run(process.execPath, ["app.ts"], { cwd: folder }).then(
        ({ stdout }) => (stdout === "function\n" ? [] : [stdout]),
        (fault: unknown) => [String(fault)],
      );
      return { extent: `${tarballs.length} packages`, findings };
    }),
};

/** Packs a package from a folder of its own, as it is published. */
async function packed(
  folder: string,
  name: keyof typeof PACKAGES | string,
  build: (folder: string) => Promise<void>,
  isPlanted: boolean,
): Promise<string> {
  const source = await readFile(join(ROOT, name, "package.json"), "utf8");
  await cp(join(ROOT, name, "README.md"), join(folder, "README.md"));
  const { dependencies, ...rest } = JSON.parse(source);
  const published = isPlanted && name === "server" ? rest : { ...rest, dependencies };
  await writeFile(join(folder, "package.json"), JSON.stringify(published));
  await build(join(folder, "dist"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts"], { cwd: folder });
  return join(folder, String(Object(JSON.parse(stdout)[0]).filename));
}
