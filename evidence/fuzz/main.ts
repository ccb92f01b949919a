/** `npm run fuzz`: a search of each target by its branches. `-- phone --seconds 300` searches one; `-- --write` keeps corpus and page. */
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
import { figures, markdownTable, writePage } from "../tools/page.ts";
import { installTools } from "../tools/tools.ts";
import { keepFinding, keepInputs, keptInputs } from "./engine/corpus.ts";
import { type Report, searched } from "./engine/search.ts";
import { TARGETS } from "./targets/all.ts";

const SECONDS = 60;

const whole = (value: number): string => Math.round(value).toLocaleString("en");

const INTRODUCTION = `The inputs in evidence/fuzz/corpus are tried again in every \`npm test\`, with 2,000 neighbours a target. The page is written by a run in which every fact holds.

Bytes go straight into the code that parses, judges and checks signatures. An input that takes a branch, or takes it a new number of times, is kept and changed further. Each target holds what comes out to a second reading of the same rules that is written apart from the product: the gateway's own model and a parser of its own for bodies, the fullest metadata of libphonenumber for numbers, \`node:crypto\` and Twilio's own client for signatures, Node's \`BlockList\` for networks.

The engine is ours (evidence/fuzz/engine). Jazzer.js would do the same, and the targets have its shape, \`fuzz(data: Buffer)\`; but it does not load on Debian 12: the binary that its release 4.0.0 brings needs glibc 2.38, where there is 2.36, and release 2.1.0 downloads its binary when it is installed, from a place that cannot be reached where only the npm registry can.`;

await runCommand(async () => {
  const { wanted, ...run } = asked();
  await installTools();
  tell(`\n  Seed ${run.seed}. Each target is searched for ${run.seconds} s.\n`);
  const targets = new Map<string, Report>();
  const step = progressOf(wanted.length);
  for (const [name, target] of wanted) {
    step(name);
    const report = await searched(name, target, run);
    tellReport(name, report);
    targets.set(name, report);
  }
  const isBroken = [...targets.values()].some(({ found }) => found.length > 0);
  if (run.isKept && !isBroken) await keep(targets, run);
  if (run.isKept && isBroken) tell("\n  The page is written when everything holds.");
  return isBroken ? 1 : 0;
});

function asked() {
  const { values, positionals } = argumentsOf({
    help: `npm run fuzz -- [${Object.keys(TARGETS).join("|")} …] [--seconds ${SECONDS}] [--seed <number>] [--write]`,
    takesWords: true,
    options: {
      seconds: { type: "string", default: String(SECONDS) },
      seed: { type: "string", default: String(Date.now() % 100_000) },
      write: { type: "boolean", default: false },
    },
  });
  const all = Object.keys(TARGETS);
  if (positionals.some((name) => !all.includes(name)))
    throw new CommandFault(`The targets: ${all.join(", ")}.`);
  if (values.write && positionals.length > 0)
    throw new CommandFault("--write keeps a whole run, not a part.");
  return {
    wanted: Object.entries(TARGETS).filter(
      ([name]) => positionals.length === 0 || positionals.includes(name),
    ),
    isKept: values.write,
    seconds: countIn("seconds", values.seconds),
    seed: countIn("seed", values.seed),
  };
}

function countIn(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new CommandFault(`--${name} is a whole number.`);
  return Number(text);
}

/** Keeps the inputs, and writes docs/evidence/fuzzing.md. */
async function keep(
  targets: ReadonlyMap<string, Report>,
  { seconds, seed }: Omit<ReturnType<typeof asked>, "wanted">,
): Promise<void> {
  for (const [name, { kept }] of targets) keepInputs(name, kept);
  const path = await writePage(
    {
      name: "fuzzing",
      title: "Fuzzing",
      command: `npm run fuzz -- --seconds ${seconds} --seed ${seed} --write`,
      packages: ["istanbul-lib-instrument", "libphonenumber-js", "valibot", "twilio"],
      body: `${INTRODUCTION}

${markdownTable(
  ["target", ...figures("runs", "a second", "branches", "of", "kept", "slowest, ms")],
  [...targets].map(([name, report]) => [
    `[${name}](../../evidence/fuzz/targets/${name}.ts)`,
    ...[report.executions, report.perSecond, report.reached, report.total].map(whole),
    whole(keptInputs(name).length),
    report.slowestMilliseconds.toFixed(1),
  ]),
)}

**Branches** are those of the files that the target names; some lie beyond what it can reach. **Kept** are the fewest inputs that reach as many. **Slowest** is the least CPU time of three runs of the input that took longest; more than 50 ms is a finding. Requests near those of every route are the task of schemathesis: [Judges](judges.md).`,
    },
    new Date(),
  );
  tell(`\n  Written: ${path} and evidence/fuzz/corpus`);
}

function tellReport(name: string, report: Report): void {
  const { executions, perSecond, reached, total, found, slowestMilliseconds } = report;
  const figures = [
    `${whole(executions)} runs`,
    `${whole(perSecond)} a second`,
    `${reached} of ${total} branches`,
    `slowest ${slowestMilliseconds.toFixed(1)} ms`,
  ];
  tell(`  ${found.length === 0 ? yes() : no()} ${name.padEnd(15)} ${figures.join(", ")}`);
  for (const { kind, fault, bytes } of found) {
    const path = keepFinding(name, kind, bytes);
    tell(`      ${kind}: ${fault}\n      ${dim(`kept as ${path}`)}`);
  }
}
