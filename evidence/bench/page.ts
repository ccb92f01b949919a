import { bold, dim, no, tell, wrapped, yes } from "../../cli/terminal.ts";
import { markdownTable, writeChart, writePage } from "../tools/page.ts";
import { svgOf } from "./chart.ts";
import { decimal, whole } from "./figures.ts";
import { isMet, type Section, type Table, type Verdict } from "./section.ts";

const LINE_WIDTH = 100;

/** Everything whose version the figures depend on. */
const PACKAGES = [
  "aws-lambda-ric",
  "better-auth",
  "esbuild",
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/lib-dynamodb",
  "@aws-sdk/client-kms",
  "@aws-sdk/client-lambda",
  "@aws-sdk/client-secrets-manager",
  "@middy/core",
  "libphonenumber-js",
  "twilio",
  "valibot",
  "dynalite",
] as const;

export function tellSection({ title, tables, verdicts }: Section): void {
  tell(`\n  ${bold(title)}`);
  for (const table of tables) tell(`\n${terminalTable(table)}`);
  if (verdicts.length > 0) tell();
  for (const verdict of verdicts) {
    const mark = isMet(verdict) ? yes() : no();
    tell(`  ${mark} ${verdict.measure}: ${measuredOf(verdict)}, budget ${budgetOf(verdict)}`);
  }
}

function terminalTable({ title, columns, rows }: Table): string {
  const widths = columns.map(({ name }, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const padded = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return columns[column]?.isFigure === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("   ")
      .trimEnd();
  return [
    ...(title === undefined ? [] : [`  ${wrapped(title, LINE_WIDTH, "  ")}`]),
    `  ${dim(padded(columns.map(({ name }) => name)))}`,
    ...rows.map((row) => `  ${padded(row)}`),
  ].join("\n");
}

/** Writes the page and its charts. Returns what was written. */
export async function writeBenchmark(
  sections: readonly Section[],
  { rounds, now }: { readonly rounds: number; readonly now: Date },
): Promise<readonly string[]> {
  const verdicts = sections.flatMap((section) => section.verdicts);
  const bodies = await Promise.all(sections.map(bodyOf));
  const page = await writePage(
    {
      name: "benchmark",
      title: "Benchmark",
      command: "npm run bench -- --write",
      packages: PACKAGES,
      body: [HOW_TO_READ(rounds), "## Budgets", verdictTable(verdicts), ...bodies].join("\n\n"),
    },
    now,
  );
  return [
    page,
    ...sections.flatMap(({ charts }) => charts.map(({ name }) => `docs/evidence/${name}.svg`)),
  ];
}

const HOW_TO_READ = (rounds: number) =>
  `${rounds} paired rounds after one that is thrown away, all variants in turn in each. A figure is the median, with the middle half in brackets; a ratio is the median of the ratios of each round. The machine is not AWS, and both of its cores are shared by the measured program and the one that answers it: ratios and differences carry over, milliseconds do not. What is exact, bytes, contents and requests, is asserted in \`npm test\`; time is only reported here.`;

async function bodyOf({ title, method, tables, remarks, charts }: Section): Promise<string> {
  const pictures = await Promise.all(
    charts.map((chart) => writeChart(chart.name, svgOf(chart), chart.title)),
  );
  return [
    `## ${title}`,
    method,
    ...pictures,
    ...tables.flatMap(({ title: caption, columns, rows }) => [
      ...(caption === undefined ? [] : [`${caption}:`]),
      markdownTable(columns, rows),
    ]),
    ...(remarks.length > 0 ? [remarks.map((remark) => `- ${remark}`).join("\n")] : []),
  ].join("\n\n");
}

function verdictTable(verdicts: readonly Verdict[]): string {
  return markdownTable(
    [
      { name: "measure" },
      { name: "measured", isFigure: true },
      { name: "budget", isFigure: true },
      { name: "" },
    ],
    verdicts.map((verdict) => [
      verdict.measure,
      measuredOf(verdict),
      budgetOf(verdict),
      isMet(verdict) ? "met" : "**missed**",
    ]),
  );
}

function measuredOf({ value, unit }: Verdict): string {
  return `${figureOf(value)} ${unit}`.trim();
}

function budgetOf({ budget }: Verdict): string {
  return "atMost" in budget ? `≤ ${figureOf(budget.atMost)}` : `≥ ${figureOf(budget.atLeast)}`;
}

function figureOf(value: number): string {
  if (Number.isInteger(value)) return whole(value);
  return value >= 100 ? whole(value) : decimal(value, value >= 10 ? 1 : 2);
}
