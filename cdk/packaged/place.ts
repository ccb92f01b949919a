import { join } from "node:path";

/** infra/place.ts of the package: the project is the folder in which the command runs. */
export const PROJECT = process.cwd();

const PACKAGE = join(import.meta.dirname, "../../..");

/** A version of the package is its code; the file of a config that it imports is not watched. */
export const SOURCES: readonly string[] = ["latchkey.config.ts", join(PACKAGE, "package.json")];

export const WATCHED: readonly string[] = ["latchkey.config.ts"];

/** Two files of Swagger UI: its package reports each installation to its maker. */
export const SWAGGER_UI = join(import.meta.dirname, "../../swagger-ui");
