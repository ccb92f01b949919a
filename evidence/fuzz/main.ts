/** `npm run fuzz`: a search of each target by its branches. `-- phone --seconds 300` searches one; `-- --write` keeps corpus and page. */
import { argumentsOf, CommandFault, dim, no, runCommand, tell, yes } from "../../cli/terminal.ts";
import { installTools } from "../tools/tools.ts";
import { keepFinding, keepInputs } from "./engine/corpus.ts";
import type { Report } from "./engine/report.ts";
import { searched } from "./engine/search.ts";
import { type Fuzzing, slownessOf, writeFuzzing } from "./page.ts";
import { TARGETS } from "./targets/all.ts";

const SECONDS = 60;

await runCommand(async () => {
  const { wanted, isKept, ...run } = asked();
  installTools();
  tell(`\n  Seed ${run.seed}. Each target is searched for ${run.seconds} s.\n`);
  const targets = new Map<string, Report>();
  for (const name of Object.keys(TARGETS).filter((one) => wanted.includes(one)))
    targets.set(name, await search(name, run.seconds, run.seed));
  const isBroken = [...targets.values()].some(({ found }) => found.length > 0);
  if (isKept && !isBroken) await keep({ targets, ...run });
  if (isKept && isBroken) tell("\n  The page is written when everything holds.");
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
    wanted: positionals.length === 0 ? all : positionals,
    isKept: values.write,
    seconds: countIn("seconds", values.seconds),
    seed: countIn("seed", values.seed),
  };
}

function countIn(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new CommandFault(`--${name} is a whole number.`);
  return Number(text);
}

async function keep(fuzzing: Fuzzing): Promise<void> {
  for (const [name, { kept }] of fuzzing.targets)
    keepInputs(
      name,
      kept.map((one) => Buffer.from(one)),
    );
  const path = await writeFuzzing(fuzzing, new Date());
  tell(`\n  Written: ${path} and evidence/fuzz/corpus`);
}

async function search(name: string, seconds: number, seed: number): Promise<Report> {
  const target = TARGETS[name];
  if (target === undefined) throw new CommandFault(`There is no target ${name}.`);
  process.stderr.write(dim(`  ${name} …\n`));
  const report = await searched(name, target, { seconds, seed });
  const { executions, perSecond, reached, total, found } = report;
  const figures = [
    `${executions.toLocaleString("en")} runs`,
    `${Math.round(perSecond).toLocaleString("en")} a second`,
    `${reached} of ${total} branches`,
    `slowest ${slownessOf(report)} ms`,
  ];
  tell(`  ${found.length === 0 ? yes() : no()} ${name.padEnd(15)} ${figures.join(", ")}`);
  for (const { kind, fault, bytes } of found) {
    const path = keepFinding(name, kind, Buffer.from(bytes));
    tell(`      ${kind}: ${fault}\n      ${dim(`kept as ${path}`)}`);
  }
  return report;
}
