import { createRequire } from "node:module";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

export const REFERENCE = join(ROOT, "local/pages/reference.html");

/** What of Swagger UI the page loads: its one bundle and its styles, out of the package as npm brought it. */
const VIEWER = ["swagger-ui-bundle.js", "swagger-ui.css"] as const;

/** The description of the API and a page that reads it to people, by the paths that they have. */
export function referenceFiles(): readonly (readonly [path: string, file: string])[] {
  const { resolve } = createRequire(import.meta.url);
  return [
    ["/openapi.json", join(ROOT, "docs/openapi.json")],
    ["/reference", REFERENCE],
    ...VIEWER.map((name): [string, string] => [
      `/reference/${name}`,
      resolve(`swagger-ui-dist/${name}`),
    ]),
  ];
}
