import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { CommandFault } from "../../cli/terminal.ts";
import { figures, markdownTable, writePage } from "../tools/page.ts";
import { filesOf, GROUPS } from "./groups.ts";
import { BREAK, ROOT, reportOf } from "./options.ts";

/** What became of a mutant (Stryker's mutation-testing-report, version 2). `Ignored` has its reason beside it. */
const MUTANT = v.object({
  status: v.string(),
  statusReason: v.optional(v.string(), "without a reason"),
  mutatorName: v.string(),
  replacement: v.optional(v.string(), ""),
  location: v.object({ start: v.object({ line: v.number() }) }),
});
type Mutant = v.InferOutput<typeof MUTANT>;

const REPORT = v.object({
  files: v.record(v.string(), v.object({ source: v.string(), mutants: v.array(MUTANT) })),
});

type MutatedFile = {
  readonly group: string;
  readonly file: string;
  readonly mutants: readonly Mutant[];
};

function filesRun(group: string): v.InferOutput<typeof REPORT>["files"] {
  try {
    return v.parse(REPORT, JSON.parse(readFileSync(reportOf(group), "utf8"))).files;
  } catch {
    throw new CommandFault(`Nothing is kept of ${group}: npm run mutate -- ${group}`);
  }
}

/** What the runs of every group have left, one row a file. Throws where a file was not run as it stands. */
function mutatedFiles(): readonly MutatedFile[] {
  return Object.entries(GROUPS).flatMap(([group, contents]) => {
    const run = filesRun(group);
    const files = filesOf(contents);
    const isStale = (file: string) =>
      run[file] !== undefined && run[file].source !== readFileSync(join(ROOT, file), "utf8");
    const stale = files.filter(isStale);
    if (stale.length > 0)
      throw new CommandFault(`Changed since it was run: npm run mutate -- ${stale.join(" ")}`);
    return files.map((file) => ({ group, file, mutants: run[file]?.mutants ?? [] }));
  });
}

const STATUSES = {
  killed: ["Killed"],
  "timed out": ["Timeout"],
  survived: ["Survived"],
  "not reached": ["NoCoverage"],
  excused: ["Ignored"],
} as const;

/** How many mutants came to one of these ends. */
function count(mutants: readonly Mutant[], ends: readonly string[]): number {
  return mutants.filter(({ status }) => ends.includes(status)).length;
}

/** The figures of some files; the score is the share of mutants that a test notices, of all that are not excused. */
function rowOf(name: string, files: readonly MutatedFile[]): readonly string[] {
  const mutants = files.flatMap((file) => file.mutants);
  const found = count(mutants, ["Killed", "Timeout"]);
  const all = found + count(mutants, ["Survived", "NoCoverage"]);
  return [
    name,
    String(mutants.length),
    ...Object.values(STATUSES).map((ends) => String(count(mutants, ends))),
    all === 0 ? "–" : `${((100 * found) / all).toFixed(1)} %`,
  ];
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

/** Every reason by which mutants are excused, with how many it excuses. */
function excusesOf(files: readonly MutatedFile[]): string {
  const reasons = files.flatMap(({ mutants }) =>
    mutants.flatMap(({ status, statusReason }) => (status === "Ignored" ? [statusReason] : [])),
  );
  return markdownTable(
    ["why", ...figures("mutants")],
    [...Map.groupBy(reasons, (reason) => reason.replaceAll("|", "\\|"))].map(
      ([reason, { length }]) => [reason, String(length)],
    ),
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

${markdownTable(
  ["group", ...figures("mutants", ...Object.keys(STATUSES), "score")],
  [...totals, rowOf("all", files)],
)}

## Survivors

${survivorsOf(files)}

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
