import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { install } from "../../test/install.ts";

const HERE = import.meta.dirname;

/** Where the tools lie. */
export const installTools = () => install("evidence/tools");

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
