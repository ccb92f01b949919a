import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createPackages } from "../../local/packages.ts";

const packages = createPackages();

/** The tarball of a package, built once for all files. */
export async function packed(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array((await packages(`/packages/latchkey-${name}.tgz`)) ?? []);
}

/** Unpacks a package into `folder`, as npm does. Returns the path of its tarball, which is left there. */
export async function unpack(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "package.tgz");
  await writeFile(file, await packed(name));
  await promisify(execFile)("tar", ["-xzf", file, "--strip-components=1", "-C", folder]);
  return file;
}
