/**
 * `npm run bench`: what a start and a check cost, beside baselines and a peer. `-- cold warm` runs those parts, `--rounds 5` looks quickly,
 * `--write` runs all and writes docs/evidence/benchmark.md with its charts.
 */
import { argumentsOf, CommandFault, progressOf, runCommand, tell } from "../../cli/terminal.ts";
import { measureColdStarts } from "./cold.ts";
import { measureLoad } from "./load.ts";
import { tellSection, writeBenchmark } from "./page.ts";
import { measurePeers } from "./peers.ts";
import type { Section } from "./section.ts";
import { measureWarm } from "./warm.ts";

const PARTS: Readonly<Record<string, (rounds: number) => Promise<Section>>> = {
  cold: measureColdStarts,
  warm: measureWarm,
  peers: measurePeers,
  load: measureLoad,
};

/** Enough that the median of a ratio stands still where the machine does not; fewer are for a look, and not written down. */
const ROUNDS = 21;
const FEWEST_WRITTEN_ROUNDS = 15;

await runCommand(async () => {
  const { values, positionals } = argumentsOf({
    help: `npm run bench -- [${Object.keys(PARTS).join("|")} …] [--rounds ${ROUNDS}] [--write]`,
    takesWords: true,
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      write: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  const parts = Object.entries(PARTS).filter(
    ([name]) => positionals.length === 0 || positionals.includes(name),
  );
  refuseNonsense(rounds, positionals, values.write);
  const sections: Section[] = [];
  const step = progressOf(parts.length);
  for (const [name, measure] of parts) {
    step(name);
    const section = await measure(rounds);
    tellSection(section);
    sections.push(section);
  }
  if (values.write) {
    const written = await writeBenchmark(sections, { rounds, now: new Date() });
    tell(`\n  Written: ${written.join(", ")}`);
  }
  return 0;
});

function refuseNonsense(rounds: number, positionals: readonly string[], isWritten: boolean): void {
  const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0)
    throw new CommandFault(
      `There is no ${unknown.join(", ")}. The parts: ${Object.keys(PARTS).join(", ")}.`,
    );
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new CommandFault("--rounds is a whole number from 1.");
  if (isWritten && positionals.length > 0)
    throw new CommandFault("--write keeps all parts of one run: leave their names out.");
  if (isWritten && rounds < FEWEST_WRITTEN_ROUNDS)
    throw new CommandFault(`--write takes at least ${FEWEST_WRITTEN_ROUNDS} rounds.`);
}
