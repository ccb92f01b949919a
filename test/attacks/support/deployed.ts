import { readFileSync } from "node:fs";
import { join } from "node:path";
import { synthesizedAssembly } from "../../../local/assembly.ts";

/** What a deployment would have: its template as JSON, and the text of each function's bundle. */
export async function deployed() {
  const { assemblyDirectory, template } = await synthesizedAssembly();
  const text = JSON.stringify(template);
  const paths = new Set(text.match(/asset\.[0-9a-f]{64}(?=")/g));
  const bundles = Array.from(paths, (path) =>
    readFileSync(join(assemblyDirectory, path, "main.cjs"), "utf8"),
  );
  return { template: text, bundles };
}
