import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";

/** The paths that differ between this repository and a company's folder; cdk/packaged/place.ts has those of the package. */

/** The folder of latchkey.config.ts, and of `.build`, which git ignores. */
export const PROJECT = resolve(import.meta.dirname, "..");

/** All that the stack is made from, relative to `PROJECT`; packages by their lock file. */
export const SOURCES: readonly string[] = [
  "functions",
  "infra",
  "docs/operate/runbooks",
  "latchkey.config.ts",
  "local/synthesis.ts",
  "cdk.json",
  "package-lock.json",
];

/** The sources whose change `--watch` waits for. */
export const WATCHED: readonly string[] = ["functions", "infra"];

/** The folder of Swagger UI. */
export const SWAGGER_UI = dirname(
  createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"),
);
