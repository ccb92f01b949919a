/** `npm run capacity`: what every item takes at the gateway's full rate, and which quota binds first. `-- --growth` fills tables too, `-- --write` keeps the page. */
import {
  argumentsOf,
  CommandFault,
  dim,
  progressOf,
  runCommand,
  tell,
} from "../../cli/terminal.ts";
import { scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import { dynamodbLocalAvailable } from "../../local/engines.ts";
import { runEngine } from "../../test/support/engine-tables.ts";
import { type Grown, growth } from "./growth.ts";
import { MIXES } from "./mixes.ts";
import { groundOn, type MixLoad, play } from "./play.ts";
import { terminalReport, writeReport } from "./report.ts";
import { GATEWAY_REQUESTS_PER_SECOND, stageFor } from "./stage.ts";

const HONEST_TURNS = 100;
const ATTACK_SECONDS = 10;
const SIZES = [100, 10_000, 1_000_000] as const;
const ROUNDS = 40;

await runCommand(async () => {
  const { values } = argumentsOf({
    help: `npm run capacity -- [--rate ${GATEWAY_REQUESTS_PER_SECOND}] [--growth] [--items <count>] [--write]`,
    options: {
      rate: { type: "string", default: String(GATEWAY_REQUESTS_PER_SECOND) },
      growth: { type: "boolean", default: false },
      items: { type: "string", default: String(SIZES.at(-1)) },
      write: { type: "boolean", default: false },
    },
  });
  const requestsPerSecond = Number(values.rate);
  const mostItems = Number(values.items);
  if (!(requestsPerSecond >= 1) || !(mostItems >= 100))
    throw new CommandFault("--rate is requests in a second, --items at least 100.");
  const loads = await mixes(requestsPerSecond);
  const sizes = SIZES.map((size) => Math.min(size, mostItems));
  const grown = values.growth ? await grow([...new Set(sizes)]) : [];
  const stage = stageFor(requestsPerSecond);
  const shards = { scopes: scopeTermsOf(stage).shards, spend: spendTermsOf(stage).shards };
  const capacity = { requestsPerSecond, shards, loads, grown, engine: "DynamoDB Local" };
  tell(terminalReport(capacity));
  if (values.write) tell(`\n  Written: ${await writeReport(capacity, new Date())}`);
  return 0;
});

async function mixes(requestsPerSecond: number): Promise<readonly MixLoad[]> {
  const engine = await runEngine("dynalite");
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

async function grow(sizes: readonly number[]): Promise<readonly Grown[]> {
  const available = await dynamodbLocalAvailable();
  if (available !== true) throw new CommandFault(available);
  const engine = await runEngine("dynamodb-local");
  try {
    return await growth(engine, {
      sizes,
      rounds: ROUNDS,
      onProgress: (text) => process.stderr.write(dim(`  ${text}\n`)),
    });
  } finally {
    await engine.stop();
  }
}
