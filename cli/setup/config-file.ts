import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { CommandFault } from "../terminal.ts";

/** New values of fields of one stage; `undefined` takes a field out. */
export type Change = Readonly<Record<string, unknown>>;

/**
 * The text of latchkey.config.ts with fields of one stage changed. Comments stay, but for those directly above a changed field, which describe the
 * old value. Throws a `CommandFault` where the stage is not written in the form that the project's formatter gives it.
 */
export function withFields(text: string, stageName: string, change: Change): string {
  const lines = text.split("\n");
  const first = lines.indexOf(`  ${stageName}: {`) + 1;
  const last = lines.indexOf("  },", first);
  if (first === 0 || last < 0)
    throw new CommandFault(
      `latchkey.config.ts has no lines "  ${stageName}: {" and "  }," around the stage. Format it, or edit it by hand.`,
    );
  let body = lines.slice(first, last);
  for (const [field, value] of Object.entries(change)) body = withField(body, field, value);
  return [...lines.slice(0, first), ...body, ...lines.slice(last)].join("\n");
}

/** A field of a stage begins behind four spaces. */
function withField(body: readonly string[], field: string, value: unknown): string[] {
  const written = value === undefined ? [] : [`    ${field}: ${literal(value)},`];
  const at = body.findIndex((line) => line.startsWith(`    ${field}:`));
  if (at < 0) return [...body, ...written];
  let from = at;
  while (body[from - 1]?.startsWith("    //") === true) from -= 1;
  const rest = body.slice(at + 1).findIndex((line) => /^ {4}[\w/]/.test(line));
  const to = rest < 0 ? body.length : at + 1 + rest;
  return [...body.slice(0, from), ...written, ...body.slice(to)];
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${literal(inner)}`);
  return `{ ${entries.join(", ")} }`;
}

let reads = 0;

/** The stage as it is in the file now. Node caches a module by its address, so each reading has a new one. */
export async function stageIn(file: string, stageName: string): Promise<unknown> {
  reads += 1;
  const { STAGES }: { readonly STAGES?: unknown } = await import(
    `${pathToFileURL(file).href}?read=${reads}`
  );
  return Object(STAGES)[stageName];
}

/** Writes the change, reads the file back, and puts the old text back where it is not `expected`. */
export async function writeFields(
  file: string,
  stageName: string,
  change: Change,
  expected: object,
): Promise<void> {
  const before = await readFile(file, "utf8");
  await writeFile(file, withFields(before, stageName, change));
  const after = await stageIn(file, stageName).catch(() => undefined);
  if (isDeepStrictEqual(after, expected)) return;
  await writeFile(file, before);
  throw new CommandFault(
    `latchkey.config.ts is not written so that ${Object.keys(change).join(" and ")} can be changed. Nothing was changed; edit it by hand.`,
  );
}
