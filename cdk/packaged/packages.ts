/** local/packages.ts of the package: the tarballs come from the repository alone. */
export function createPackages() {
  return async (): Promise<undefined> => undefined;
}
