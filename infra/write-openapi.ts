/** `npm run openapi`: writes `docs/openapi.json` and the schema of events, and reports changes that would break callers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { EVENT_SCHEMA } from "../functions/events/event.ts";
import { breakingChanges, isNewMajor } from "./openapi/changes.ts";
import { openApiDocument } from "./openapi/document.ts";

const FILE = join(import.meta.dirname, "../docs/openapi.json");
const EVENTS_FILE = join(import.meta.dirname, "../docs/reference/events.schema.json");

/** The text of the document in the repository: a part that fits on a line of 100 characters is not broken. */
export function openApiText(): string {
  return `${textOf(openApiDocument(), "")}\n`;
}

/** The JSON Schema of events (draft 2020-12). */
export function eventSchemaText(): string {
  const schema = toJsonSchema(EVENT_SCHEMA, { target: "draft-2020-12" });
  return `${textOf({ title: "LatchkeyEvent", ...schema }, "")}\n`;
}

function textOf(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== "object" || value === null || indent.length + flat.length <= 98) return flat;
  const inner = `${indent}  `;
  const [open, close, parts] = Array.isArray(value)
    ? ["[", "]", value.map((item: unknown) => textOf(item, inner))]
    : [
        "{",
        "}",
        Object.entries(value).map(
          ([name, item]) => `${JSON.stringify(name)}: ${textOf(item, inner)}`,
        ),
      ];
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

if (import.meta.main)
  await runCommand(async () => {
    argumentsOf({ help: "npm run openapi", options: {} });
    const before = JSON.parse(readFileSync(FILE, "utf8"));
    const after = openApiDocument();
    writeFileSync(FILE, openApiText());
    writeFileSync(EVENTS_FILE, eventSchemaText());
    const breaking = isNewMajor(before, after) ? [] : breakingChanges(before, after);
    for (const change of breaking) process.stdout.write(`breaks callers: ${change}\n`);
    if (breaking.length > 0)
      process.stdout.write(
        "Keep what callers have, or raise API_VERSION in infra/openapi/document.ts.\n",
      );
    return breaking.length === 0 ? 0 : 1;
  });
