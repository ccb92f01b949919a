/**
 * `npm run explore`: every interleaving of small configurations over the real domain; then again with each condition of the stores removed, and with classic
 * bugs planted in the domain. `-- --write` keeps the tables in docs/evidence.
 */
import { execFileSync } from "node:child_process";
import { argumentsOf, dim, progressOf, runCommand, tell } from "../../cli/terminal.ts";
import { allClauses, clauseName } from "../../test/support/engine-stores.ts";
import { figures, markdownTable, writePage } from "../tools/page.ts";
import { type Explored, exploreAll, type Finding, findingWithout, inWords } from "./findings.ts";
import { PLANTED } from "./planted.ts";

const HUNT = `${import.meta.dirname}/hunt.ts`;
const WIDTH = 76;

const figure = (count: number | bigint) => count.toLocaleString("en-GB");

/** What was looked for, by its name, and what it breaks. */
type Sought = readonly (readonly [name: string, finding: Finding | undefined])[];

/** A bug is planted in a process of its own, which prints its findings as JSON. */
function hunted(index: number): Finding | undefined {
  const found: Finding | null = JSON.parse(
    execFileSync(process.execPath, [HUNT, String(index)], { encoding: "utf8" }),
  );
  return found ?? undefined;
}

async function seek(
  names: readonly string[],
  find: (index: number) => Promise<Finding | undefined> | Finding | undefined,
): Promise<Sought> {
  const sought: [string, Finding | undefined][] = [];
  const step = progressOf(names.length);
  for (const [index, name] of names.entries()) {
    step(name);
    const finding = await find(index);
    sought.push([name, finding]);
    tellFinding(name, finding);
  }
  return sought;
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
  const explored = await exploreAll(undefined, ({ configuration, states, schedules }) => {
    const name = configuration.name.padEnd(WIDTH);
    tell(
      `  ${name} ${figure(states).padStart(9)} states ${figure(schedules).padStart(20)} schedules`,
    );
  });
  for (const { broken, configuration } of explored)
    if (broken) tellFinding(configuration.name, { ...broken, configuration: configuration.name });
  tell(`\n  Without each condition of the stores\n`);
  const clauses = allClauses();
  const conditions = await seek(clauses.map(clauseName), async (index) => {
    const clause = clauses[index];
    return clause && findingWithout(clause, explored);
  });
  tell(`\n  With a bug planted in the domain\n`);
  const bugs = await seek(
    PLANTED.map(({ name }) => name),
    hunted,
  );
  if (values.write) {
    const seconds = (performance.now() - began) / 1_000;
    const path = await writePage(
      {
        name: "exploration",
        title: "Small configurations, explored",
        packages: ["dynalite"],
        command: "npm run explore -- --write",
        body: bodyOf({ explored, conditions, bugs, seconds }),
      },
      new Date(),
    );
    tell(`\n  Written: ${path}`);
  }
  const isKept = explored.every(({ broken }) => broken === undefined);
  return isKept && [...conditions, ...bugs].every(([, finding]) => finding !== undefined) ? 0 : 1;
});

function bodyOf({
  explored,
  conditions,
  bugs,
  seconds,
}: {
  readonly explored: readonly Explored[];
  readonly conditions: Sought;
  readonly bugs: Sought;
  readonly seconds: number;
}): string {
  const states = explored.reduce((sum, each) => sum + each.states, 0);
  const ways = explored.reduce((sum, each) => sum + each.schedules, 0n);
  const found = conditions.filter(([, finding]) => finding !== undefined).length;
  return `The real domain (functions/verification) over the deployed stores in small configurations, with every interleaving of every request to the table that it awaits. The table is in memory; dynalite's own code reads the expressions. Nothing is sampled: ${figure(states)} states, which stand for at least ${figure(ways)} interleavings, in ${explored.length} explorations, and the promises of test/model/promises.ts hold in each. Of the ${conditions.length} conditions of the stores, ${found} are found missing when they are removed. The whole command took ${Math.round(seconds)} s.

## Every interleaving

**States** are what is left after steps that commute with everything are taken at once; **schedules** are the paths through them, and each stands for many interleavings more; **steps** are those of the longest.

${markdownTable(
  [
    ...["configuration", "bounds"],
    ...figures("states", "transitions", "schedules", "steps", "seconds"),
    "broken",
  ],
  explored.map((each) => [
    each.configuration.name,
    each.configuration.bounds,
    ...[each.states, each.transitions, each.schedules, each.deepest].map(figure),
    each.seconds.toFixed(1),
    each.broken?.promise ?? "nothing",
  ]),
)}

## Without one condition

Each condition of each write is removed in turn, and every configuration that makes the write is explored without it until a promise breaks. The command prints a shortest schedule of each. A fact of the contract finds the others (test/exploration/facts.test.ts).

${conditionTable(conditions)}

## With a bug in the domain

Each bug is planted in the source as it is loaded, by one replacement (evidence/exploration/planted.ts), in a process of its own.

${findingTable("bug", bugs)}
`;
}

/** A row for each write: its conditions, those that no exploration finds missing, and the promises that break without the others. */
function conditionTable(conditions: Sought): string {
  const writes = Map.groupBy(conditions, ([name]) => name.split(": ")[0] ?? "");
  return markdownTable(
    ["write", ...figures("conditions", "found"), "promises that break", "found by a fact alone"],
    [...writes].map(([write, all]) => {
      const promises = new Set(all.flatMap(([, finding]) => finding?.promise ?? []));
      const others = all.filter(([, finding]) => finding === undefined).map(([name]) => name);
      const found = all.length - others.length;
      return [
        write,
        figure(all.length),
        figure(found),
        [...promises].join("; "),
        others.map((name) => name.slice(write.length + 2)).join("; "),
      ];
    }),
  );
}

function findingTable(first: string, sought: Sought): string {
  return markdownTable(
    [first, "promise that breaks", "configuration", "schedule"],
    sought.map(([name, finding]) => [
      name,
      finding?.promise ?? "none",
      finding?.configuration ?? "",
      finding === undefined ? "" : inWords(finding.schedule),
    ]),
  );
}
