/**
 * `npm run explore`: every interleaving of small worlds over the real domain; then again with each condition of the stores removed, and with classic
 * bugs planted in the domain. `-- --write` keeps the tables in docs/evidence.
 */
import { execFileSync } from "node:child_process";
import { argumentsOf, dim, runCommand, tell } from "../../cli/terminal.ts";
import { allClauses, clauseName } from "../../test/support/engine-stores.ts";
import { writePage } from "../tools/page.ts";
import { evidence } from "./evidence.ts";
import { exploreAll, type Finding, findingWithout, inWords } from "./findings.ts";
import { PLANTED } from "./planted.ts";

const HUNT = `${import.meta.dirname}/hunt.ts`;
const WIDTH = 76;

const figure = (count: number | bigint) => count.toLocaleString("en-GB");

/** A bug is planted in a process of its own, which tells what it found as JSON. */
function hunted(index: number): Finding | undefined {
  const found: unknown = JSON.parse(
    execFileSync(process.execPath, [HUNT, String(index)], { encoding: "utf8" }),
  );
  const { configuration, promise, schedule } = Object(found);
  if (typeof promise !== "string" || !Array.isArray(schedule)) return undefined;
  return { configuration: String(configuration), promise, schedule: schedule.map(String) };
}

function tellFinding(name: string, finding: Finding | undefined): void {
  tell(`  ${name}`);
  tell(finding ? `    ${finding.promise}` : "    nothing breaks here");
  if (finding) tell(dim(`    ${inWords(finding.schedule)}`));
}

await runCommand(async () => {
  const { values } = argumentsOf({
    help: `npm run explore -- [--write]`,
    options: { write: { type: "boolean", default: false } },
  });
  const began = performance.now();
  tell(`\n  Every interleaving\n`);
  const explored = await exploreAll(undefined, ({ configuration, ground, states, schedules }) => {
    const name = `${configuration.name} (${ground})`.padEnd(WIDTH);
    tell(`  ${name} ${figure(states).padStart(9)} states ${figure(schedules).padStart(20)} ways`);
  });
  for (const { broken, configuration } of explored)
    if (broken) tellFinding(configuration.name, { ...broken, configuration: configuration.name });
  tell(`\n  Without each condition of the stores\n`);
  const findings = new Map<string, Finding | undefined>();
  for (const clause of allClauses()) {
    findings.set(clauseName(clause), await findingWithout(clause, explored));
    tellFinding(clauseName(clause), findings.get(clauseName(clause)));
  }
  tell(`\n  With a bug planted in the domain\n`);
  const bugs = PLANTED.map(({ name }, index) => ({ name, finding: hunted(index) }));
  for (const { name, finding } of bugs) tellFinding(name, finding);
  if (values.write) {
    const seconds = (performance.now() - began) / 1_000;
    const body = evidence({ explored, findings, bugs, seconds });
    const page = { name: "exploration", title: "Small worlds, explored", packages: [] };
    const path = await writePage(
      { ...page, command: "npm run explore -- --write", body },
      new Date(),
    );
    tell(`\n  Written: ${path}`);
  }
  const isKept = explored.every(({ broken }) => broken === undefined);
  const sought = [...findings.values(), ...bugs.map(({ finding }) => finding)];
  return isKept && sought.every((finding) => finding !== undefined) ? 0 : 1;
});
