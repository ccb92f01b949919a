import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { alternativeOf, type Chart, svgOf } from "./chart.ts";
import { versionOf } from "./tools.ts";

const FOLDER = join(import.meta.dirname, "../../docs/evidence");

/** A page of evidence: its claim, and the one command that makes it anew. */
export type Page = {
  /** The file's name in docs/evidence, without `.md`. */
  readonly name: string;
  readonly title: string;
  /** The command that wrote it, as a reader types it. */
  readonly command: string;
  /** Packages whose versions the figures depend on. */
  readonly packages?: readonly string[];
  /** Markdown below the head. */
  readonly body: string;
};

/** Writes a page with the day, command, machine and versions at its head. Returns its path in the project. */
export async function writePage(page: Page, now: Date): Promise<string> {
  const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores`;
  const versions = (page.packages ?? []).map((name) => `${name} ${versionOf(name)}`);
  const head = `Written on ${now.toISOString().slice(0, 10)} by \`${page.command}\`. ${[machine, ...versions].join(", ")}.`;
  await writeFile(
    join(FOLDER, `${page.name}.md`),
    `# ${page.title}\n\n${head}\n\n${page.body.trim()}\n`,
  );
  return `docs/evidence/${page.name}.md`;
}

/** Writes a chart beside the pages. Returns what a page shows it by. */
export async function writeChart(chart: Chart): Promise<string> {
  await writeFile(join(FOLDER, `${chart.name}.svg`), svgOf(chart));
  return `![${alternativeOf(chart)}](${chart.name}.svg)`;
}

type Column = string | { readonly name: string; readonly isFigure?: boolean };

/** Columns of figures of a table. */
export const figures = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, isFigure: true }));

/** A Markdown table; columns of figures are set to the right. */
export function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => (typeof column === "string" ? column : column.name))),
    line(columns.map((column) => (Object(column).isFigure === true ? "---:" : "---"))),
    ...rows.map((row) => line(row)),
  ].join("\n");
}
