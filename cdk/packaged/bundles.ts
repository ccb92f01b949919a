import { byBundle } from "../../infra/by-function.ts";
import { packagedBundles } from "../../infra/latchkey.ts";

/** infra/bundles.ts of the package: the functions were bundled when it was built. */
export async function bundleFunctions() {
  const bundles = packagedBundles();
  return byBundle((name) => bundles[name]);
}
