/** local/page-scripts.ts of the package: the scripts were bundled when it was built, and lie beside the pages. */
export function createPageScripts() {
  return async (): Promise<undefined> => undefined;
}
