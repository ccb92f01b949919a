import { join } from "node:path";
import { SWAGGER_UI } from "../infra/place.ts";

const ROOT = join(import.meta.dirname, "..");

export const REFERENCE = join(ROOT, "local/pages/reference.html");

/** What of Swagger UI the page loads: its one bundle and its styles, out of the package as npm brought it. */
const VIEWER = ["swagger-ui-bundle.js", "swagger-ui.css"] as const;

/** The description of the API and a page that reads it to people, by the paths that they have. */
export function referenceFiles(): readonly (readonly [path: string, file: string])[] {
  return [
    ["/openapi.json", join(ROOT, "docs/openapi.json")],
    ["/reference", REFERENCE],
    ...VIEWER.map((name): [string, string] => [`/reference/${name}`, join(SWAGGER_UI, name)]),
  ];
}
