import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Its lock file holds what only evidence needs, so that `npm ci` brings none of it and runs none of its install scripts. */
const HERE = import.meta.dirname;
const INSTALLED = join(HERE, "node_modules/.package-lock.json");
const LOCKED = join(HERE, "package-lock.json");

/** Where the tools lie, installed by the lock file unless they are there already. Needs the npm registry the first time. */
export function installTools(): string {
  if (!existsSync(INSTALLED) || statSync(INSTALLED).mtimeMs < statSync(LOCKED).mtimeMs) {
    process.stderr.write("Installing what the evidence needs into evidence/tools …\n");
    execFileSync("npm", ["ci"], { cwd: HERE, stdio: ["ignore", "ignore", "inherit"] });
  }
  return join(HERE, "node_modules");
}

/** `require` as from the tools' folder: `requireTool("better-auth")`. The caller checks the value. */
export const requireTool: (id: string) => unknown = createRequire(join(HERE, "package.json"));

/** The version of a dependency of the project, or else of a tool, that is installed. Throws where it is not. */
export function versionOf(name: string): string {
  const folders = [join(HERE, "../../node_modules"), join(HERE, "node_modules")];
  const manifest = folders.map((folder) => join(folder, name, "package.json")).find(existsSync);
  if (manifest === undefined) throw new Error(`${name} is not installed`);
  const version: unknown = Object(JSON.parse(readFileSync(manifest, "utf8"))).version;
  if (typeof version !== "string") throw new Error(`${name} has no version`);
  return version;
}
