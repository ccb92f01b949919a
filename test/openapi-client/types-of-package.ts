/** Here and not at the root, so that it shares the one TypeScript 5 that is installed. */
export { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
