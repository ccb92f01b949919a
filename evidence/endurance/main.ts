/** `npm run endure`: honest people and attackers on the whole local system, for half an hour. `-- --minutes 2` is a rehearsal, `-- --write` keeps the page. */
import { spawnSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { argumentsOf, CommandFault, dim, runCommand, tell, warn } from "../../cli/terminal.ts";
import { STAGES } from "../../infra/stages.ts";
import { dynamodbLocalAvailable, ENGINES } from "../../local/engines.ts";
import { startSystem } from "../../local/system.ts";
import { NETWORK_NAMES } from "../../local/twilio/phone-network.ts";
import { rawItems } from "../../test/local/support/items.ts";
import { promisesOf, SILENT_ENGINE } from "../../test/model/outcomes.ts";
import { seeded } from "../simulation/seeded.ts";
import { count, createApi, openEvidence } from "./api.ts";
import { startLoad } from "./load.ts";
import { newDeeds } from "./people.ts";
import { createPhones } from "./phones.ts";
import { type Run, sampleLine, terminalReport, writeReport } from "./report.ts";
import { createMeter, type Sample, type ServedRequest } from "./samples.ts";
import { verdictsOf } from "./verdicts.ts";

const SAMPLE_SECONDS = 20;
const MOST_LOAD_A_CORE = 2;
/** The load of half an hour costs more than a development stage may spend in an hour, and it is not the cap that is to end it. */
const TIMES_THE_MONEY = 20;

const OPTIONS = v.object({
  minutes: v.pipe(v.string(), v.transform(Number), v.minValue(0.5), v.maxValue(240)),
  engine: v.picklist(ENGINES),
  network: v.picklist(NETWORK_NAMES),
  seed: v.pipe(v.string(), v.transform(Number), v.integer()),
  write: v.boolean(),
});
type Options = v.InferOutput<typeof OPTIONS>;

const COLLECTING = join(import.meta.dirname, "collecting.ts");
const COLLECTABLE = ["--expose-gc", "--import", COLLECTING, import.meta.filename];

if (globalThis.gc === undefined) {
  // Every thread must be able to collect its garbage on request.
  const args = [...COLLECTABLE, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
} else
  await runCommand(async () => {
    const options = optionsOf();
    await insistOnMachine(options);
    const run = await endure(options);
    tell(terminalReport(run));
    if (options.write) tell(`\n  Written: ${await writeReport(run, new Date())}`);
    return run.verdicts.some(({ holds }) => holds === false) ? 1 : 0;
  });

function optionsOf(): Options {
  const { values } = argumentsOf({
    help: `npm run endure -- [--minutes 30] [--engine ${ENGINES.join("|")}] [--network ${NETWORK_NAMES.join("|")}] [--seed 8] [--write]`,
    options: {
      minutes: { type: "string", default: "30" },
      engine: { type: "string", default: "dynamodb-local" },
      network: { type: "string", default: "bad" },
      seed: { type: "string", default: "8" },
      write: { type: "boolean", default: false },
    },
  });
  const parsed = v.safeParse(OPTIONS, values);
  if (!parsed.success)
    throw new CommandFault(
      `--minutes is 0.5 to 240, --engine ${ENGINES.join(" or ")}, --network ${NETWORK_NAMES.join(", ")}, --seed a number.`,
    );
  return parsed.output;
}

async function insistOnMachine({ engine }: Options): Promise<void> {
  if (process.platform !== "linux")
    throw new CommandFault(
      "Each person has an address below 127.0.0.0/8 here, which only Linux gives out.",
    );
  const available = engine === "dynamodb-local" ? await dynamodbLocalAvailable() : true;
  if (available !== true) throw new CommandFault(`${available}. --engine dynalite does without.`);
  const [load = 0] = loadavg();
  if (load > MOST_LOAD_A_CORE * availableParallelism())
    tell(
      warn(
        `  This machine has a load of ${load.toFixed(0)} already: the times below will measure it more than Latchkey, and an engine that is silent for a second is a fault.`,
      ),
    );
}

/** What the functions write: kept for the search, faults counted. */
function createLog(note: (where: string, text: string) => void) {
  const faults = new Map<string, number>();
  let silences = 0;
  return {
    faults,
    silences: () => silences,
    add: (line: string): void => {
      note("log", line);
      if (SILENT_ENGINE.test(line)) silences += 1;
      if (line.includes('"level":"error"')) count(faults, /"what":"([^"]*)"/.exec(line)?.[1] ?? "");
    },
  };
}

async function endure(options: Options): Promise<Run> {
  process.stderr.write(dim("  Building and starting the system …\n"));
  const evidence = await openEvidence();
  const log = createLog(evidence.note);
  const served: ServedRequest[] = [];
  const { spend, ...stage } = STAGES.dev;
  const dollarsPerHour = spend.dollarsPerHour * TIMES_THE_MONEY;
  const dollarsPerDay = spend.dollarsPerDay * TIMES_THE_MONEY;
  const system = await startSystem({
    port: 0,
    engine: options.engine,
    network: { name: options.network, seed: options.seed },
    stage: { ...stage, spend: { ...spend, dollarsPerHour, dollarsPerDay } },
    onServed: ({ method, resource = "no route", status, milliseconds }) =>
      served.push({ operation: `${method} ${resource}`, status, milliseconds }),
    onLine: ({ functionName, line }) => log.add(`${functionName} ${line}`),
  });
  try {
    const phones = createPhones(system);
    const api = createApi(system.url, evidence.note);
    const deeds = newDeeds();
    const load = startLoad({ api, phones, deeds, random: seeded(options.seed) });
    const samples = await sampled(options.minutes, () => ({
      served: served.splice(0),
      kept: phones.sends().length + phones.incidents(),
      underWay: load.underWay(),
    }));
    process.stderr.write(dim("  Waiting for the requests under way, then looking for leaks …\n"));
    await load.end();
    // Callbacks and the settling of messages go on for a moment.
    await delay(3_000);
    const items = await rawItems(system.engineEndpoint);
    const said = await evidence.read();
    const ending = { deeds, api, phones, items, said, silences: log.silences() };
    const verdicts = [...verdictsOf(samples, options), ...promisesOf(ending)];
    const { counts } = api;
    return { options, samples, verdicts, deeds, counts, items: items.length, logged: log.faults };
  } finally {
    await system.stop();
  }
}

type Beside = Pick<Sample, "served" | "kept" | "underWay">;

async function sampled(minutes: number, beside: () => Beside): Promise<readonly Sample[]> {
  const meter = createMeter();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const samples: Sample[] = [];
  while (seconds() < minutes * 60) {
    const next = Math.min(minutes * 60, (samples.length + 1) * SAMPLE_SECONDS);
    await delay(Math.max(0, next - seconds()) * 1_000);
    const sample = { atSeconds: seconds(), ...(await meter.measure()), ...beside() };
    samples.push(sample);
    process.stderr.write(`${dim(sampleLine(sample))}\n`);
  }
  meter.stop();
  return samples;
}
