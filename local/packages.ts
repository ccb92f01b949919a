import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildCdk } from "../cdk/build.ts";
import { buildClient } from "../client/build.ts";
import { buildServer } from "../server/build.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..");

const BUILDS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  client: buildClient,
  server: buildServer,
  cdk: buildCdk,
};

/** The packed tarball at a path such as `/packages/latchkey-client.tgz`; `undefined` for any other path. */
export type Packages = (path: string) => Promise<Uint8Array | undefined>;

/** Serves the packages as long as no registry has them. Each is built at the first request for it, from the sources of that moment. */
export function createPackages(): Packages {
  const packed = new Map<string, Promise<Uint8Array>>();
  return async (path) => {
    const [, name = ""] = /^\/packages\/latchkey-(\w+)\.tgz$/.exec(path) ?? [];
    const build = Object.hasOwn(BUILDS, name) ? BUILDS[name] : undefined;
    if (build === undefined) return undefined;
    const tarball = packed.get(name) ?? tarballOf(name, build);
    packed.set(name, tarball);
    return tarball;
  };
}

async function tarballOf(name: string, build: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-package-"));
  try {
    for (const file of ["package.json", "README.md"])
      await cp(join(ROOT, name, file), join(folder, file));
    await cp(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
    await build(join(folder, "dist"));
    const { stdout } = await run("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: folder });
    return await readFile(join(folder, stdout.trim()));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
