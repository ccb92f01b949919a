import { join, relative } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** The score in percent, below which the command fails. The aim is 100. */
export const BREAK = 90;

/** What a group's runs leave: every mutant that was ever run, with its end. */
export function reportOf(group: string): string {
  return join(ROOT, ".cache/mutation", `${group}.json`);
}

/** The part of one group to mutate: all of it, or some files. */
export type Errand = {
  readonly group: string;
  readonly files: readonly string[];
  readonly isWhole: boolean;
};

/** Stryker's configuration for files of one group. */
export function strykerOptions({ group, files, isWhole }: Errand, isForced: boolean): object {
  return {
    plugins: [
      join(ROOT, "evidence/tools/node_modules/@stryker-mutator/vitest-runner/dist/src/index.js"),
      join(import.meta.dirname, "excuses.ts"),
    ],
    mutate: files,
    ignorers: ["excuses"],
    testRunner: "vitest",
    vitest: { configFile: "evidence/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    // Mutants in code that runs while a file is loaded (sets, patterns, tables) count too; each is shown to every test.
    ignoreStatic: false,
    incremental: true,
    incrementalFile: relative(ROOT, reportOf(group)),
    force: isForced,
    concurrency: 2,
    // Only loops without an end take so long. A short limit would call a mutant found on a machine that is busy.
    timeoutMS: 60_000,
    // Its reading of tsconfig.json knows TypeScript to version 6 only, and the sandbox has the paths of the project.
    tsconfigFile: "none.json",
    tempDirName: `.stryker-tmp/${group}`,
    ignorePatterns: [
      ".stryker-tmp",
      ".build",
      ".cache",
      "cdk.out",
      "docs/images",
      "client/dist",
      "evidence/tools/node_modules",
    ],
    reporters: ["progress", "clear-text"],
    clearTextReporter: {
      allowEmojis: false,
      logTests: false,
      reportTests: false,
      reportScoreTable: false,
    },
    thresholds: { high: 100, low: 95, break: isWhole ? BREAK : null },
    warnings: { slow: false, unknownOptions: false },
  };
}
