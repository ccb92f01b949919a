import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { PROJECT, SOURCES } from "../infra/place.ts";

/** A synthesized stack: its template, and the folder of its assets. */
export type Assembly = { readonly template: unknown; readonly assemblyDirectory: string };

const BUILT = join(PROJECT, ".build/local");
const SYNTHESIS = fileURLToPath(new URL("./synthesis.ts", import.meta.url));

/**
 * The bundles and the stack as a deployment would have them. Built once for the same sources, in a separate process: that reads them anew, and frees its 300 MB at its end. Throws with the message of the tool that found a fault in them.
 */
export async function synthesizedAssembly(): Promise<Assembly> {
  const sources = await fingerprint();
  const home = join(BUILT, sources);
  if (!existsSync(home)) {
    await build(home);
    // A file that is saved during a build would leave a mixture under the old name.
    if ((await fingerprint()) !== sources) {
      await rm(home, { recursive: true, force: true });
      return synthesizedAssembly();
    }
  }
  const now = new Date();
  await utimes(home, now, now);
  await forgetOld();
  return readAssembly(home);
}

const TREE = v.object({ artifacts: v.record(v.string(), v.looseObject({ type: v.string() })) });
const STACK = v.object({
  type: v.literal("aws:cloudformation:stack"),
  properties: v.object({ templateFile: v.string() }),
});

/** What `cdk` would deploy from the folder. */
async function readAssembly(home: string): Promise<Assembly> {
  const assemblyDirectory = join(home, "cdk.out");
  const manifest = await readFile(join(assemblyDirectory, "manifest.json"), "utf8");
  const { artifacts } = v.parse(v.pipe(v.string(), v.parseJson(), TREE), manifest);
  const stack = Object.values(artifacts).find((artifact) => v.is(STACK, artifact));
  const { templateFile } = v.parse(STACK, stack).properties;
  const template: unknown = JSON.parse(
    await readFile(join(assemblyDirectory, templateFile), "utf8"),
  );
  return { template, assemblyDirectory };
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  const files = await Promise.all(SOURCES.map((source) => filesOf(resolve(PROJECT, source))));
  for (const file of files.flat().toSorted()) {
    const content = await readFile(file);
    hash.update(`${relative(PROJECT, file)}\0${content.byteLength}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}

async function filesOf(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Whole or not at all, also where another process builds the same at the same time. */
async function build(home: string): Promise<void> {
  await mkdir(BUILT, { recursive: true });
  const scratch = await mkdtemp(join(BUILT, "building-"));
  try {
    await synthesizeInto(scratch);
    await rename(scratch, home).catch((fault: unknown) => {
      if (!existsSync(home)) throw fault;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function synthesizeInto(folder: string): Promise<void> {
  const child = spawn(process.execPath, [SYNTHESIS, folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = (): boolean => child.kill("SIGKILL");
  process.once("exit", kill);
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  process.off("exit", kill);
  if (code !== 0) throw new Error(`The stack could not be built.\n${complaint.trim()}`);
}

/** A system that has run for days still loads bundles from an old folder. */
const LONGEST_UNUSED_MILLISECONDS = 7 * 86_400_000;

async function forgetOld(): Promise<void> {
  for (const name of await readdir(BUILT)) {
    const folder = join(BUILT, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > LONGEST_UNUSED_MILLISECONDS)
      await rm(folder, { recursive: true, force: true });
  }
}
