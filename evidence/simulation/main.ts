/** `npm run simulate`: honest people and attackers on a production stage, under a fake clock. `-- e h` plays those, `-- --write` keeps the table. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argumentsOf, CommandFault, progressOf, runCommand, tell } from "../../cli/terminal.ts";
import { evidence } from "./evidence.ts";
import { SCENARIOS, withChallenge } from "./scenarios.ts";
import { simulate } from "./simulate.ts";
import { type Line, terminalTable } from "./table.ts";

const EVIDENCE = join(import.meta.dirname, "../../docs/evidence/simulation.md");

/** Another seed draws other people; the table in docs/evidence is of this one. */
const SEED = 7;

await runCommand(async () => {
  const { values, positionals } = argumentsOf({
    help: `npm run simulate -- [${SCENARIOS.map(({ id }) => id).join("|")} …] [--seed ${SEED}] [--write]`,
    takesWords: true,
    options: {
      seed: { type: "string", default: String(SEED) },
      write: { type: "boolean", default: false },
    },
  });
  const wanted = SCENARIOS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  if (wanted.length === 0)
    throw new CommandFault(`The scenarios: ${SCENARIOS.map(({ id }) => id).join(", ")}.`);
  const lines: Line[] = [];
  const step = progressOf(wanted.length);
  for (const scenario of wanted) {
    step(`(${scenario.id}) ${scenario.title}`);
    for (const hasChallenge of [false, true]) {
      const played = hasChallenge ? withChallenge(scenario) : scenario;
      lines.push({ report: await simulate(played, Number(values.seed)), hasChallenge });
    }
  }
  tell(terminalTable(lines));
  if (values.write) {
    await writeFile(EVIDENCE, evidence(lines, { seed: Number(values.seed), now: new Date() }));
    tell(`\n  Written: docs/evidence/simulation.md`);
  }
  return 0;
});
