import { buildCdk } from "../cdk/build.ts";
import { buildClient, tarballOf } from "../client/build.ts";
import { once } from "../functions/adapters/aws/once.ts";
import { buildServer } from "../server/build.ts";

export const PACKAGES = ["client", "server", "cdk"] as const;
type PackageName = (typeof PACKAGES)[number];

/** The packed tarball at a path such as `/packages/latchkey-client.tgz`; `undefined` for any other path. */
export type Packages = (path: string) => Promise<Uint8Array | undefined>;

/** Serves the packages until a registry has them. Each is built at the first request for it, from the sources of that moment. */
export function createPackages(): Packages {
  const builds: Readonly<Record<PackageName, () => Promise<Uint8Array>>> = {
    client: once(() => tarballOf("client", buildClient)),
    server: once(() => tarballOf("server", buildServer)),
    cdk: once(() => tarballOf("cdk", (folder) => buildCdk(folder, (name) => builds[name]()))),
  };
  return async (path) => {
    const name = PACKAGES.find((each) => path === `/packages/latchkey-${each}.tgz`);
    return name && builds[name]();
  };
}
