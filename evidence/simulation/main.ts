/** `npm run simulate`: honest people and attackers on a production stage, under a fake clock. `-- --help` lists its options. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argumentsOf, CommandFault, dim, runCommand, tell } from "../../cli/terminal.ts";
import { challengeOf } from "../../infra/sending-terms.ts";
import { bothWays, evidence } from "./evidence.ts";
import { ringings, withRingings } from "./ringing.ts";
import { CHALLENGES, SCENARIOS, scenarioNamed, withParameters } from "./scenarios.ts";
import { simulate } from "./simulate.ts";
import { figuresOf, overviewTable } from "./table.ts";

const ALARMS = join(import.meta.dirname, "../../docs/operate/alarms.md");
const EVIDENCE = join(import.meta.dirname, "../../docs/evidence/simulation.md");

/** Other seeds draw other people; the tables in docs/evidence are of these. */
const SEEDS = [7, 8] as const;

const HELP = `npm run simulate                       every scenario, without a challenge and with one under pressure
npm run simulate -- carrier outage     some of them
npm run simulate -- --write            writes docs/evidence/simulation.md; takes half an hour
npm run simulate -- --alarms           which alarms mail, into docs/operate/alarms.md; takes a minute
npm run simulate -- --scenario <name>  one scenario, with these changed:
    --addresses N    addresses of the attacker (/48s where it comes from IPv6)
    --numbers N      numbers of others that it attacks
    --owned N        numbers of its own
    --rate N         starts a minute
    --challenge X    ${CHALLENGES.join(", ")}; as the stage is shipped if left out
    --solves N       percent of the challenges that it passes; 0 if left out
    --seed N         which people come; ${SEEDS[0]} if left out
    --json           one line of JSON

${SCENARIOS.map(({ name, title }) => `      ${name.padEnd(18)} ${title}`).join("\n")}`;

const OPTIONS = {
  scenario: { type: "string" },
  addresses: { type: "string" },
  numbers: { type: "string" },
  owned: { type: "string" },
  rate: { type: "string" },
  challenge: { type: "string" },
  solves: { type: "string" },
  seed: { type: "string" },
  json: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  alarms: { type: "boolean", default: false },
} as const;

await runCommand(async () => {
  const { values, positionals } = argumentsOf({ help: HELP, takesWords: true, options: OPTIONS });
  if (values.alarms) {
    const page = await readFile(ALARMS, "utf8");
    await writeFile(ALARMS, withRingings(page, await ringings(progress)));
    tell("  Written: docs/operate/alarms.md");
  } else if (values.write) {
    await writeFile(EVIDENCE, await evidence(SEEDS, { now: new Date(), progress }));
    tell("  Written: docs/evidence/simulation.md");
  } else if (values.scenario === undefined) {
    const wanted =
      positionals.length === 0 ? SCENARIOS : positionals.map((one) => scenarioNamed(one));
    tell(overviewTable(await bothWays(wanted, seedIn(values.seed))));
  } else await playOne(values.scenario, values);
  return 0;
});

async function playOne(
  name: string,
  values: Readonly<Partial<Record<keyof typeof OPTIONS, string | boolean>>>,
): Promise<void> {
  const scenario = withParameters(scenarioNamed(name), {
    addresses: countIn("addresses", values.addresses),
    numbers: countIn("numbers", values.numbers),
    owned: countIn("owned", values.owned),
    rate: countIn("rate", values.rate),
    challenge: challengeIn(values.challenge),
    solvingShare: (countIn("solves", values.solves) ?? 0) / 100,
  });
  progress(scenario.title);
  const report = await simulate(scenario, seedIn(values.seed));
  const hasChallenge = challengeOf(scenario.stage) !== undefined;
  tell(
    values.json === true
      ? JSON.stringify(figuresOf(report))
      : overviewTable([{ report, hasChallenge }]),
  );
}

function countIn(option: string, text: string | boolean | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== "string" || !/^\d{1,7}$/.test(text))
    throw new CommandFault(`--${option} takes a whole number.`);
  return Number(text);
}

function challengeIn(text: string | boolean | undefined) {
  const found = CHALLENGES.find((challenge) => challenge === text);
  if (text !== undefined && found === undefined)
    throw new CommandFault(`--challenge takes ${CHALLENGES.join(", ")}.`);
  return found;
}

function seedIn(text: string | boolean | undefined): number {
  return countIn("seed", text) ?? SEEDS[0];
}

function progress(line: string): void {
  process.stderr.write(dim(`  ${line} …\n`));
}
