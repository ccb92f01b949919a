import { markdownTable, writePage } from "../tools/page.ts";
import { BREAK } from "./options.ts";
import { type Mutant, type MutatedFile, mutatedFiles } from "./report.ts";

type Status = Mutant["status"];

/** How many mutants of these files came to one of these ends. */
function count(files: readonly MutatedFile[], ...ends: readonly Status[]): number {
  return files.flatMap(({ mutants }) => mutants).filter(({ status }) => ends.includes(status))
    .length;
}

/** The share of mutants that a test notices, of all that are not excused. */
function score(files: readonly MutatedFile[]): string {
  const found = count(files, "Killed", "Timeout");
  const all = found + count(files, "Survived", "NoCoverage");
  return all === 0 ? "–" : `${((100 * found) / all).toFixed(1)} %`;
}

function rowOf(name: string, files: readonly MutatedFile[]): readonly string[] {
  const figures = [
    files.reduce((sum, { mutants }) => sum + mutants.length, 0),
    count(files, "Killed"),
    count(files, "Timeout"),
    count(files, "Survived"),
    count(files, "NoCoverage"),
    count(files, "Ignored"),
  ];
  return [name, ...figures.map(String), score(files)];
}

function tableOf(first: string, rows: readonly (readonly string[])[]): string {
  const figures = ["mutants", "killed", "timed out", "survived", "not reached", "excused", "score"];
  return markdownTable(
    [{ name: first }, ...figures.map((name) => ({ name, isFigure: true }))],
    rows,
  );
}

function survivorsOf(files: readonly MutatedFile[]): string {
  const lines = files.flatMap(({ file, mutants }) =>
    mutants
      .filter(({ status }) => status === "Survived" || status === "NoCoverage")
      .map(({ location, mutatorName, replacement }) => {
        const change = replacement.replaceAll(/\s+/g, " ").replaceAll("`", "'").slice(0, 80);
        return `- ${file}:${location.start.line}, ${mutatorName}: \`${change}\``;
      }),
  );
  return lines.length === 0 ? "None." : lines.join("\n");
}

/** What excuses.ts excuses wherever it is. */
const BY_RULE: ReadonlySet<string> = new Set(["words of a fault", "a split has a first part"]);

/** Why a mutant was not run, and where that holds. */
function excuseOf(file: string, reason = "without a reason"): readonly [string, string] {
  if (reason.startsWith("Static mutant"))
    return ["everywhere", "acts only while its file is loaded, and `--quick` was asked for"];
  return [BY_RULE.has(reason) ? "everywhere" : file, reason.replaceAll("|", "\\|")];
}

/** Every reason by which mutants are excused, with how many it excuses. */
function excusesOf(files: readonly MutatedFile[]): string {
  const excuses = new Map<string, { readonly excuse: readonly string[]; readonly count: number }>();
  for (const { file, mutants } of files)
    for (const { status, statusReason } of mutants) {
      if (status !== "Ignored") continue;
      const excuse = excuseOf(file, statusReason);
      const counted = excuses.get(excuse.join()) ?? { excuse, count: 0 };
      excuses.set(excuse.join(), { ...counted, count: counted.count + 1 });
    }
  return markdownTable(
    [{ name: "where" }, { name: "why" }, { name: "mutants", isFigure: true }],
    [...excuses.values()].map(({ excuse, count: mutants }) => [...excuse, String(mutants)]),
  );
}

/** Writes the page from what the runs have left. Returns its path. */
export async function writeEvidence(now: Date): Promise<string> {
  const files = mutatedFiles();
  const groups = [...new Set(files.map(({ group }) => group))];
  const totals = groups.map((group) =>
    rowOf(
      group,
      files.filter((file) => file.group === group),
    ),
  );
  const body = `
Stryker changes the code in every small way it knows, one change at a time, and runs the tests that reach it: a change that no test notices is a line
that no test protects. Only tests that do the same twice are asked, so no mutant is found by luck; properties, races and fuzzing come on top. Below a
score of ${BREAK} % the command fails. Excused are the words of faults, which only logs show, and mutants marked in place with their proof; nothing else is.

${tableOf("group", [...totals, rowOf("all", files)])}

## Survivors

${survivorsOf(files)}

## By file

${tableOf(
  "file",
  files.filter(({ mutants }) => mutants.length > 0).map((file) => rowOf(file.file, [file])),
)}

## Excuses

${excusesOf(files)}
`;
  return writePage(
    {
      name: "mutation",
      title: "Mutation testing",
      command: "npm run mutate -- --write",
      packages: ["@stryker-mutator/core", "@stryker-mutator/vitest-runner", "vitest"],
      body,
    },
    now,
  );
}
