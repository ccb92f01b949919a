/** Installs, by its own lock file, what only some tests or only the evidence need, so that `npm ci` brings none of it. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { PROJECT } from "../infra/place.ts";

const CACHE = join(PROJECT, ".cache");

/** The lock file by which `node_modules` was installed, kept in it. */
const LOCK = ".installed-lock.json";

/** The folders that a kind of test or a step of `npm test` needs. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  browser: ["test/browser"],
  docs: ["test/lint", "test/openapi-client"],
  infra: ["test/lint", "test/openapi-client"],
  types: ["test/browser", "test/lint", "test/openapi-client"],
  "typed lint": ["test/lint"],
  "unused code": ["test/lint"],
  "format and lint": ["test/lint"],
};

/** What vitest calls before the tests of a project. */
export const setup = ({ name }: Pick<TestProject, "name">) => installFor([name]);

/** A process begins to install a folder once, for all steps that need it. */
const begun = new Map<string, Promise<string>>();

export async function installFor(names: readonly string[]): Promise<void> {
  const folders = [...new Set(names.flatMap((name) => NEEDED[name] ?? []))];
  const installations = folders.map((folder) => {
    const installation = begun.get(folder) ?? install(folder);
    begun.set(folder, installation);
    return installation;
  });
  await Promise.all(installations);
}

/** Where the packages of a folder lie, installed unless they are there already. Needs the npm registry the first time. */
export async function install(name: string): Promise<string> {
  const folder = resolve(PROJECT, name);
  const packages = join(folder, "node_modules");
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  if ((await readFile(join(packages, LOCK), "utf8").catch(() => "")) === lock) return packages;
  await rm(packages, { recursive: true, force: true });
  process.stderr.write(`Installing the packages of ${name} …\n`);
  // Elsewhere, and renamed at the end: another process may install them at the same time.
  await mkdir(CACHE, { recursive: true });
  const elsewhere = await mkdtemp(join(CACHE, "installing-"));
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      await cp(join(folder, file), join(elsewhere, file));
    await promisify(execFile)("npm", ["ci"], { cwd: elsewhere });
    await writeFile(join(elsewhere, "node_modules", LOCK), lock);
    await rename(join(elsewhere, "node_modules"), packages).catch((fault: unknown) => {
      if (Object(fault).code !== "ENOTEMPTY") throw fault;
    });
  } finally {
    await rm(elsewhere, { recursive: true });
  }
  return packages;
}
