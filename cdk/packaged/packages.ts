import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The packages whose tarballs this one carries, so that documents and commands hold without the repository. */
export const PACKAGES = ["client", "server"] as const;

/** local/packages.ts of the package. */
export function createPackages() {
  return async (path: string): Promise<Uint8Array | undefined> => {
    const name = PACKAGES.find((each) => path === `/packages/latchkey-${each}.tgz`);
    return name && readFile(join(import.meta.dirname, `../../packages/${name}.tgz`));
  };
}
