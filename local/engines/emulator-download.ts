import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "../../infra/place.ts";

/** What the package below carries. */
export const EMULATOR = "DynamoDB Local 1.25.1";

/**
 * The npm package that carries DynamoDB Local for AWS Amplify's own tests, and the SHA-512 of its archive.
 * Fetched, not depended on: as a dependency it would bring some 575 packages. Its licence forbids passing it on.
 */
const PACKAGE = {
  name: "amplify-dynamodb-simulator",
  version: "2.9.30",
  integrity:
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==",
} as const;

const CACHE = join(PROJECT, ".cache");

/** The folder with the emulator. Fetched once into the cache, whole or not at all, also where another process fetches at the same time. */
export async function obtainEmulator(): Promise<string> {
  const home = join(CACHE, `${PACKAGE.name}-${PACKAGE.version}`);
  const emulator = join(home, "package/emulator");
  if (existsSync(join(emulator, "DynamoDBLocal.jar"))) return emulator;
  await mkdir(CACHE, { recursive: true });
  const scratch = await mkdtemp(join(CACHE, "fetching-"));
  try {
    await fetchInto(scratch);
    // Where another process was faster, its copy is as good.
    await rename(scratch, home).catch(async (fault: unknown) => {
      if (!existsSync(join(emulator, "DynamoDBLocal.jar"))) throw fault;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return emulator;
}

async function fetchInto(folder: string): Promise<void> {
  const archive = `${PACKAGE.name}-${PACKAGE.version}.tgz`;
  await run("npm", ["pack", `${PACKAGE.name}@${PACKAGE.version}`], folder);
  const found = createHash("sha512")
    .update(await readFile(join(folder, archive)))
    .digest("base64");
  if (found !== PACKAGE.integrity)
    throw new Error(`${archive} is not the archive that was checked`);
  await run("tar", ["-xzf", archive], folder);
  await rm(join(folder, archive));
}

/** Runs a program to its end without a shell; throws where it is missing or fails. */
export async function run(
  program: string,
  args: readonly string[],
  folder?: string,
): Promise<void> {
  await promisify(execFile)(program, [...args], { cwd: folder });
}
