/**
 * `npm run judge`: software of others examines the product; one line each. `-- --quick` runs the quick ones, `-- moto` those with that name, `-- --planted`
 * puts a fault in for each and fails where its judge does not report it. `--write` does both and writes docs/evidence/judges.md. `--quick` needs Java, Python and the registries of npm and PyPI, the others Go, Maven, Chromium, a C++ compiler and CMake.
 */
import {
  argumentsOf,
  CommandFault,
  dim,
  no,
  progressOf,
  runCommand,
  tell,
  yes,
} from "../../cli/terminal.ts";
import { generatedPythonClient, heyApi, oapiCodegen } from "./clients.ts";
import { deployment } from "./deployment.ts";
import { dynamodbLocal, engines } from "./engines.ts";
import { type Judge, openFindings } from "./judge.ts";
import { lambda } from "./lambda.ts";
import { packages } from "./packages.ts";
import { type Judged, writeJudges } from "./page.ts";
import { lighthouse } from "./pages.ts";
import { pythonPrograms } from "./programs.ts";
import { proofs } from "./proofs.ts";
import { schemathesis } from "./routes.ts";
import { cfnLint, guard, moto } from "./templates.ts";

const JUDGES: readonly Judge[] = [
  cfnLint,
  moto,
  guard,
  schemathesis,
  dynamodbLocal,
  generatedPythonClient,
  packages,
  heyApi,
  oapiCodegen,
  proofs,
  lambda,
  engines,
  deployment,
  lighthouse,
];

/** The most lines of one finding that are printed. */
const MOST_LINES = 70;

await runCommand(async () => {
  const { wanted, isPlanted, isWritten } = asked();
  const startedAt = performance.now();
  await pythonPrograms();
  tell(dim(`  Python environment: ${secondsSince(startedAt)} s`));
  const all: Judged[] = [];
  const step = progressOf(wanted.length);
  for (const judge of wanted) {
    step(judge.name);
    if (!isPlanted || isWritten) all.push(await judged(judge, false));
    if (isPlanted || isWritten) all.push(await judged(judge, true));
  }
  const failed = all.filter(({ open }) => open.length > 0).length;
  if (isWritten && failed === 0) tell(`  Written: ${await writeJudges(all, new Date())}`);
  tell(`${all.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

function asked() {
  const { values, positionals } = argumentsOf({
    help: "npm run judge -- [part of a name …] [--quick] [--planted] [--write]",
    takesWords: true,
    options: {
      quick: { type: "boolean", default: false },
      planted: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const wanted = JUDGES.filter(
    ({ name, isQuick }) =>
      (isQuick === true || !values.quick) &&
      (positionals.length === 0 || positionals.some((part) => name.includes(part))),
  );
  if (wanted.length === 0) throw new CommandFault("No judge has such a name.");
  if (values.write && wanted.length < JUDGES.length)
    throw new CommandFault("--write keeps a whole run, not a part.");
  return { wanted, isPlanted: values.planted, isWritten: values.write };
}

/** A planted fault that its judge does not report is an open finding. */
async function judged(judge: Judge, isPlanted: boolean): Promise<Judged> {
  const startedAt = performance.now();
  const { extent, findings } = await judge.run(isPlanted);
  const seconds = secondsSince(startedAt);
  const { what, finding } = judge.fault;
  const isReported = findings.some((text) => finding.test(text));
  const unreported = isReported ? [] : [`Not reported. Reported is: ${findings.join("; ")}`];
  const accepted = findings.length === 0 ? "" : `, ${findings.length} accepted findings`;
  const open = isPlanted ? unreported : openFindings(judge, findings);
  const told = isPlanted ? `planted: ${what}` : `${extent}${accepted}`;
  tell(
    `${open.length === 0 ? yes() : no()} ${judge.name.padEnd(24)} ${seconds.padStart(6)} s  ${told}`,
  );
  for (const text of open) tell(`    ${text.split("\n").slice(0, MOST_LINES).join("\n    ")}`);
  return { judge, isPlanted, extent: told, seconds, open };
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(1);
}
