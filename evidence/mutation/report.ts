import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { CommandFault } from "../../cli/terminal.ts";
import { filesOf, GROUPS } from "./groups.ts";
import { reportOf } from "./options.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What became of a mutant. `Ignored` has its reason beside it. */
const STATUSES = [
  "Killed",
  "Timeout",
  "Survived",
  "NoCoverage",
  "Ignored",
  "RuntimeError",
  "CompileError",
  "Pending",
] as const;

const mutantSchema = v.object({
  status: v.picklist(STATUSES),
  statusReason: v.optional(v.string()),
  mutatorName: v.string(),
  replacement: v.optional(v.string(), ""),
  location: v.object({ start: v.object({ line: v.number() }) }),
});

/** Of a report what a page tells (schema of Stryker's mutation-testing-report, version 2). */
const reportSchema = v.object({
  files: v.record(v.string(), v.object({ source: v.string(), mutants: v.array(mutantSchema) })),
});

export type Mutant = v.InferOutput<typeof mutantSchema>;

/** The mutants of one file. */
export type MutatedFile = {
  readonly group: string;
  readonly file: string;
  readonly mutants: readonly Mutant[];
};

function filesRun(group: string): v.InferOutput<typeof reportSchema>["files"] {
  try {
    return v.parse(reportSchema, JSON.parse(readFileSync(reportOf(group), "utf8"))).files;
  } catch {
    throw new CommandFault(`Nothing is kept of ${group}: npm run mutate -- ${group}`);
  }
}

/** What the runs of every group have left, one row a file. Throws where a file was not run as it stands. */
export function mutatedFiles(): readonly MutatedFile[] {
  return Object.entries(GROUPS).flatMap(([group, contents]) => {
    const run = filesRun(group);
    const files = filesOf(contents);
    const stale = files.filter(
      (file) =>
        run[file] !== undefined && run[file].source !== readFileSync(join(ROOT, file), "utf8"),
    );
    if (stale.length > 0)
      throw new CommandFault(`Changed since it was run: npm run mutate -- ${stale.join(" ")}`);
    return files.map((file) => ({ group, file, mutants: run[file]?.mutants ?? [] }));
  });
}
