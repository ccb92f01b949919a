/**
 * `npm run mutate`: changes the code in every small way there is and asks the tests to notice. `-- verification` mutates one group,
 * `-- functions/verification/admission.ts` one file. What was run before and has not changed is not run again; `--force` runs all of it.
 * `-- --write` writes docs/evidence/mutation.md of what was run.
 */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { argumentsOf, CommandFault, dim, runCommand, tell } from "../../cli/terminal.ts";
import { installTools } from "../tools/tools.ts";
import { filesOf, GROUPS } from "./groups.ts";
import { type Errand, reportOf, strykerOptions } from "./options.ts";
import { writeEvidence } from "./page.ts";

/** What the words of the command line ask for; without any, everything. */
function errandsOf(words: readonly string[]): readonly Errand[] {
  const errands = Object.entries(GROUPS).map(([group, contents]): Errand => {
    const files = filesOf(contents);
    const isWhole = words.length === 0 || words.includes(group);
    const wanted = isWhole ? files : files.filter((file) => words.includes(file));
    return { group, isWhole, files: wanted };
  });
  const known = new Set(errands.flatMap(({ group, files }) => [group, ...files]));
  const unknown = words.filter((word) => !known.has(word));
  if (unknown.length > 0)
    throw new CommandFault(
      `${unknown.join(", ")}: name a group (${Object.keys(GROUPS).join(", ")}) or a file that is mutated.`,
    );
  return errands.filter(({ files }) => files.length > 0);
}

/** Runs Stryker. Its exit code: not 0 where a test fails without any mutant, or the score of a whole group is too low. */
async function mutate(errand: Errand, isForced: boolean): Promise<number> {
  const { group, files, isWhole } = errand;
  tell(dim(`  ${group}: ${isWhole ? "all of it" : files.join(", ")} …`));
  const configuration = reportOf(group).replace(/json$/, "stryker.json");
  await mkdir(dirname(configuration), { recursive: true });
  const tests = GROUPS[group]?.tests ?? [];
  await writeFile(configuration, JSON.stringify(strykerOptions(errand, isForced)));
  const stryker = join(await installTools(), "@stryker-mutator/core/bin/stryker.js");
  return new Promise((resolve, reject) => {
    const MUTATION_TESTS = tests.map((glob) => `test/${glob}`).join(",");
    const env = { ...process.env, MUTATION_TESTS };
    const child = spawn(process.execPath, [stryker, "run", configuration], {
      stdio: "inherit",
      env,
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

await runCommand(async () => {
  const { values, positionals } = argumentsOf({
    help: `npm run mutate -- [${Object.keys(GROUPS).join("|")}|<file> …] [--force] [--write]`,
    takesWords: true,
    options: {
      force: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const isOnlyWritten = values.write && positionals.length === 0;
  let worst = 0;
  for (const errand of isOnlyWritten ? [] : errandsOf(positionals))
    worst = Math.max(worst, await mutate(errand, values.force));
  if (values.write) tell(`  Written: ${await writeEvidence(new Date())}`);
  return worst;
});
