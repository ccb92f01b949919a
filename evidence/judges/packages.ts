import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPackages, PACKAGES } from "../../local/packages.ts";
import { inFolder, type Judge } from "./judge.ts";
import { faultOf } from "./programs.ts";

const ROOT = join(import.meta.dirname, "../..");
const INSTALL = ["npm", "install", "--no-audit", "--no-fund"] as const;

/** The names by which the entries of a package are imported. */
async function entriesOf(name: string): Promise<readonly string[]> {
  const manifest = Object(JSON.parse(await readFile(join(ROOT, name, "package.json"), "utf8")));
  return Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1));
}

export const packages: Judge = {
  name: "npm",
  packages: ["aws-cdk-lib", "aws-cdk"],
  subject:
    "the packed packages, installed from the registry into an empty folder: Node loads each of their entries, `latchkey init` writes a company's app, and `cdk synth` synthesizes its production",
  isQuick: true,
  fault: {
    what: "an entry whose file is not in the package",
    finding: /@latchkey\/server.*dist\/index\.js/s,
  },
  run: (isPlanted) =>
    inFolder(async (folder) => {
      const packed = createPackages();
      const files = PACKAGES.map((name) => `latchkey-${name}.tgz`);
      for (const file of files)
        await writeFile(join(folder, file), (await packed(`/packages/${file}`)) ?? "");
      const entries = (await Promise.all(PACKAGES.map(entriesOf))).flat();
      const loading = entries.map((entry) => `await import("${entry}");`).join("\n");
      const fault = await faultOf(folder, [
        [...INSTALL, ...files.map((file) => `./${file}`), "react"],
        ["npx", "latchkey", "init"],
        INSTALL,
        ...(isPlanted ? [["rm", "node_modules/@latchkey/server/dist/index.js"]] : []),
        [process.execPath, "--input-type=module", "--eval", loading],
        ["npx", "cdk", "synth", "--quiet", "-c", "stage=prod"],
      ]);
      const extent = `${files.length} packages, ${entries.length} entries`;
      return { extent, findings: fault === undefined ? [] : [fault] };
    }),
};
