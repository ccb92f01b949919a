import { buildCdk } from "../cdk/build.ts";
import { buildClient, tarballOf } from "../client/build.ts";
import { buildServer } from "../server/build.ts";

type Build = (folder: string, packages: Packages) => Promise<void>;
const BUILDS: Readonly<Record<string, Build>> = {
  client: buildClient,
  server: buildServer,
  cdk: buildCdk,
};

export const PACKAGES: readonly string[] = Object.keys(BUILDS);

/** The packed tarball at a path such as `/packages/latchkey-client.tgz`; `undefined` for any other path. */
export type Packages = (path: string) => Promise<Uint8Array | undefined>;

/** Serves the packages until a registry has them. Each is built at the first request for it, from the sources of that moment. */
export function createPackages(): Packages {
  const packed = new Map<string, Promise<Uint8Array>>();
  const packages: Packages = async (path) => {
    const [, name = ""] = /^\/packages\/latchkey-(\w+)\.tgz$/.exec(path) ?? [];
    const build = Object.hasOwn(BUILDS, name) ? BUILDS[name] : undefined;
    if (build === undefined) return undefined;
    const tarball = packed.get(name) ?? tarballOf(name, (folder) => build(folder, packages));
    packed.set(name, tarball);
    return tarball;
  };
  return packages;
}
