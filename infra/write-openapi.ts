/** `npm run openapi`: writes `docs/openapi.json`, and reports changes that would break callers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { breakingChanges, isNewMajor } from "./openapi/changes.ts";
import { openApiDocument } from "./openapi/document.ts";

const FILE = join(import.meta.dirname, "../docs/openapi.json");

/** The text of the document in the repository. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

if (import.meta.main)
  await runCommand(async () => {
    argumentsOf({ help: "npm run openapi", options: {} });
    const before = JSON.parse(readFileSync(FILE, "utf8"));
    const after = openApiDocument();
    writeFileSync(FILE, openApiText());
    const breaking = isNewMajor(before, after) ? [] : breakingChanges(before, after);
    for (const change of breaking) process.stdout.write(`breaks callers: ${change}\n`);
    if (breaking.length > 0)
      process.stdout.write(
        "Keep what callers have, or raise API_VERSION in infra/openapi/document.ts.\n",
      );
    return breaking.length === 0 ? 0 : 1;
  });
