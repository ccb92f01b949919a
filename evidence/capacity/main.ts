/** `npm run capacity`: what every item takes at the gateway's full rate, and which quota binds first. `-- --write` keeps the page. */

import { argumentsOf, CommandFault, progressOf, runCommand, tell } from "../../cli/terminal.ts";
import { GATEWAY_REQUESTS_PER_SECOND, spendTermsOf } from "../../infra/sending-terms.ts";
import { runEngine } from "../../test/support/engine-tables.ts";
import { MIXES } from "./mixes.ts";
import { groundOn, type MixLoad, play } from "./play.ts";
import { loadTable, writeReport } from "./report.ts";
import { stageFor } from "./stage.ts";

const HONEST_TURNS = 100;
const ATTACK_SECONDS = 10;

await runCommand(async () => {
  const { values } = argumentsOf({
    help: `npm run capacity -- [--rate ${GATEWAY_REQUESTS_PER_SECOND}] [--write]`,
    options: {
      rate: { type: "string", default: String(GATEWAY_REQUESTS_PER_SECOND) },
      write: { type: "boolean", default: false },
    },
  });
  const requestsPerSecond = Number(values.rate);
  if (!(requestsPerSecond >= 1)) throw new CommandFault("--rate is requests in a second.");
  const loads = await mixes(requestsPerSecond);
  const { shards } = spendTermsOf(stageFor(requestsPerSecond));
  const capacity = { requestsPerSecond, shards, loads };
  tell(loadTable(capacity));
  if (values.write) tell(`\n  Written: ${await writeReport(capacity, new Date())}`);
  return 0;
});

async function mixes(requestsPerSecond: number): Promise<readonly MixLoad[]> {
  const engine = await runEngine();
  try {
    const ground = await groundOn(engine);
    const stage = stageFor(requestsPerSecond);
    const rates = { requestsPerSecond, honestTurns: HONEST_TURNS, attackSeconds: ATTACK_SECONDS };
    const loads: MixLoad[] = [];
    const step = progressOf(MIXES.length);
    for (const mix of MIXES) {
      step(mix.name);
      loads.push(await play(mix, ground, stage, rates));
    }
    return loads;
  } finally {
    await engine.stop();
  }
}
