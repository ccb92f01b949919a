import { cpus, loadavg } from "node:os";
import { bold, no, tell, yes } from "../../cli/terminal.ts";
import { figures, markdownTable, writeChart, writePage } from "../tools/page.ts";
import { isMet, type Section, type Verdict } from "./section.ts";

/** Everything whose version the figures depend on. */
const PACKAGES = [
  "aws-lambda-ric",
  "better-auth",
  "esbuild",
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/util-dynamodb",
  "@aws-sdk/client-kms",
  "@aws-sdk/client-lambda",
  "@aws-sdk/client-secrets-manager",
  "@middy/core",
  "libphonenumber-js",
  "twilio",
  "valibot",
  "dynalite",
] as const;

const AT_FIRST =
  "When the budgets were set (a noisy machine, not paired): cold starts 2.66, 2.36 and 2.27 ×; a warm check 1.34 to 1.37 ×; 12 numbers a second; 17 writes a verification and 63.62 US$ of AWS a million. [Cost](../production/cost.md) has what the last two are now.";

export function tellSection(section: Section): void {
  tell(`\n  ${bold(section.title)}\n\n${tablesOf(section).join("\n\n")}\n`);
  for (const verdict of section.verdicts) {
    const mark = isMet(verdict) ? yes() : no();
    tell(`  ${mark} ${verdict.measure}: ${measuredOf(verdict)}, budget ${budgetOf(verdict)}`);
  }
}

function tablesOf({ tables }: Section): readonly string[] {
  return tables.flatMap(({ title, columns: [first, ...others], rows }) => [
    ...(title === undefined ? [] : [`${title}:`]),
    markdownTable([first, ...figures(...others)], rows),
  ]);
}

/** Writes the page and its charts. Returns what was written. */
export async function writeBenchmark(
  sections: readonly Section[],
  { rounds, now }: { readonly rounds: number; readonly now: Date },
): Promise<readonly string[]> {
  const charts = sections.map(({ chart }) => chart);
  const pictures: string[] = [];
  for (const chart of charts) pictures.push(await writeChart(chart));
  const page = await writePage(
    {
      name: "benchmark",
      title: "Benchmark",
      command: "npm run bench -- --write",
      packages: PACKAGES,
      body: [
        noise(rounds),
        "## At a glance",
        ...pictures,
        "## Budgets",
        verdictTable(sections.flatMap(({ verdicts }) => verdicts)),
        AT_FIRST,
        ...sections.flatMap((section) => [
          `## ${section.title}`,
          section.method,
          ...tablesOf(section),
          section.remarks.map((remark) => `- ${remark}`).join("\n"),
        ]),
      ].join("\n\n"),
    },
    now,
  );
  return [page, ...charts.map(({ name }) => `docs/evidence/${name}.svg`)];
}

function noise(rounds: number): string {
  const load = loadavg()[2]?.toFixed(1);
  return `${rounds} paired rounds after one that is thrown away, all variants in turn in each. A figure is the median; the middle half is in brackets, and a thin line in the charts. A ratio is the median of the ratios of each round. The machine is not AWS, and its ${cpus().length} cores are shared by the measured program, the one that answers it and whatever else runs: its load was ${load} in the last quarter of an hour. Ratios and differences carry over, milliseconds do not. What is exact, bytes, contents and requests, is asserted in \`npm test\` (test/infra/bundles.test.ts, test/contract/wire.test.ts); time is only reported here.`;
}

function verdictTable(verdicts: readonly Verdict[]): string {
  return markdownTable(
    ["measure", ...figures("measured", "budget"), ""],
    verdicts.map((verdict) => [
      verdict.measure,
      measuredOf(verdict),
      budgetOf(verdict),
      isMet(verdict) ? "met" : "**missed**",
    ]),
  );
}

function measuredOf({ value, unit }: Verdict): string {
  return `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.trim();
}

function budgetOf({ budget }: Verdict): string {
  return "atMost" in budget ? `≤ ${budget.atMost}` : `≥ ${budget.atLeast}`;
}
