/**
 * `npm run judge`: software of others examines the product; one line each. `-- --quick` runs the quick ones, `-- moto` those with that name, `-- --planted`
 * puts a fault in for each and fails where its judge does not report it. `--write` does both and writes docs/evidence/judges.md. Needs Python and the registries of npm and PyPI.
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
import { engines } from "./engines.ts";
import { type Judge, openFindings } from "./judge.ts";
import { type Judged, writeJudges } from "./page.ts";
import { lighthouse } from "./pages.ts";
import { pythonPrograms } from "./python.ts";
import { schemathesis } from "./routes.ts";
import { cfnLint, moto } from "./templates.ts";

const JUDGES: readonly Judge[] = [
  cfnLint,
  moto,
  schemathesis,
  generatedPythonClient,
  heyApi,
  oapiCodegen,
  engines,
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
    if (!isPlanted || isWritten) all.push(await examined(judge));
    if (isPlanted || isWritten) all.push(await planted(judge));
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
      (isQuick || !values.quick) &&
      (positionals.length === 0 || positionals.some((part) => name.includes(part))),
  );
  if (wanted.length === 0) throw new CommandFault("No judge has such a name.");
  if (values.write && wanted.length < JUDGES.length)
    throw new CommandFault("--write keeps a whole run, not a part.");
  return { wanted, isPlanted: values.planted, isWritten: values.write };
}

async function examined(judge: Judge): Promise<Judged> {
  const startedAt = performance.now();
  const { extent, findings } = await judge.run(false);
  const open = openFindings(judge, findings);
  const accepted = findings.length === 0 ? "" : `, ${findings.length} accepted findings`;
  return told({
    judge,
    isPlanted: false,
    extent: `${extent}${accepted}`,
    seconds: secondsSince(startedAt),
    open,
  });
}

/** A planted fault that its judge does not report is an open finding. */
async function planted(judge: Judge): Promise<Judged> {
  const startedAt = performance.now();
  const { findings } = await judge.run(true);
  const { what, finding } = judge.fault;
  const isReported = findings.some((text) => finding.test(text));
  return told({
    judge,
    isPlanted: true,
    extent: `planted: ${what}`,
    seconds: secondsSince(startedAt),
    open: isReported ? [] : [`It is not reported. Reported is: ${findings.join("; ")}`],
  });
}

function told(one: Judged): Judged {
  const mark = one.open.length === 0 ? yes() : no();
  tell(`${mark} ${one.judge.name.padEnd(21)} ${one.seconds.padStart(6)} s  ${one.extent}`);
  for (const text of one.open) tell(`    ${text.split("\n").slice(0, MOST_LINES).join("\n    ")}`);
  return one;
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(1);
}
