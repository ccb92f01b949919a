/** `npm run endure`: honest people and attackers on the whole local system, for half an hour. `-- --minutes 2` is a rehearsal, `-- --write` keeps the page. */
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { argumentsOf, CommandFault, dim, runCommand, tell, warn } from "../../cli/terminal.ts";
import { dynamodbLocalAvailable, ENGINES } from "../../local/engines.ts";
import { WEATHER_NAMES } from "../../local/twilio/weather.ts";
import { promisesOf } from "../../test/model/outcomes.ts";
import { seeded } from "../simulation/seeded.ts";
import { createApi } from "./api.ts";
import { startWatched, type Watched } from "./child.ts";
import { count, newDeeds } from "./deeds.ts";
import { type Load, startLoad } from "./load.ts";
import { createPhones, type Phones } from "./phones.ts";
import { type Run, sampleLine, terminalReport, writeReport } from "./report.ts";
import { openRows, type Rows } from "./rows.ts";
import { control, type Sample } from "./samples.ts";
import { verdictsOf } from "./verdicts.ts";

const SAMPLE_SECONDS = 20;
const MOST_LOAD_A_CORE = 2;

const FAULT_LINE = v.object({ what: v.string(), fault: v.object({ message: v.string() }) });

const OPTIONS = v.object({
  minutes: v.pipe(v.string(), v.transform(Number), v.minValue(0.5), v.maxValue(240)),
  engine: v.picklist(ENGINES),
  weather: v.picklist(WEATHER_NAMES),
  seed: v.pipe(v.string(), v.transform(Number), v.integer()),
  write: v.boolean(),
});

await runCommand(async () => {
  const options = optionsOf();
  if (process.platform !== "linux")
    throw new CommandFault(
      "Each person has an address below 127.0.0.0/8 here, which only Linux gives out.",
    );
  const available = options.engine === "dynamodb-local" ? await dynamodbLocalAvailable() : true;
  if (available !== true) throw new CommandFault(`${available}. --engine dynalite does without.`);
  const [load = 0] = loadavg();
  if (load > MOST_LOAD_A_CORE * availableParallelism())
    tell(
      warn(
        `  This machine has a load of ${load.toFixed(0)} already: the times below will say more about it than about Latchkey, and an engine that is silent for a second is a fault.`,
      ),
    );
  process.stderr.write(dim("  Building and starting the system …\n"));
  const watched = await startWatched(options);
  try {
    const run = await endure(watched, options);
    tell(terminalReport(run));
    if (options.write) tell(`\n  Written: ${await writeReport(run, new Date())}`);
    return run.verdicts.some(({ holds }) => holds === false) ? 1 : 0;
  } finally {
    await watched.stop();
  }
});

function optionsOf() {
  const { values } = argumentsOf({
    help: `npm run endure -- [--minutes 30] [--engine ${ENGINES.join("|")}] [--weather ${WEATHER_NAMES.join("|")}] [--seed 8] [--write]`,
    options: {
      minutes: { type: "string", default: "30" },
      engine: { type: "string", default: "dynamodb-local" },
      weather: { type: "string", default: "storm" },
      seed: { type: "string", default: "8" },
      write: { type: "boolean", default: false },
    },
  });
  const parsed = v.safeParse(OPTIONS, values);
  if (!parsed.success)
    throw new CommandFault(
      `--minutes is 0.5 to 240, --engine ${ENGINES.join(" or ")}, --weather ${WEATHER_NAMES.join(", ")}, --seed a number.`,
    );
  return parsed.output;
}

async function endure(watched: Watched, options: v.InferOutput<typeof OPTIONS>): Promise<Run> {
  const phones = createPhones();
  const lines: string[] = [];
  watched.onNews((news) => {
    phones.learn(news);
    if (news.kind === "lines") lines.push(...news.lines);
  });
  const api = createApi(watched.url);
  const deeds = newDeeds();
  const rows = openRows(watched.engineEndpoint);
  const load = startLoad({ api, phones, deeds, random: seeded(options.seed) });
  const samples = await watch(options.minutes, { watched, rows, phones, load });
  process.stderr.write(dim("  Waiting for the requests under way, then looking for leaks …\n"));
  await load.end();
  // Callbacks and the settling of messages go on for a moment.
  await delay(3_000);
  const ending = { deeds, heard: api.heard, phones, lines, isAlive: watched.isAlive() };
  const items = await rows.all();
  rows.stop();
  const verdicts = [...verdictsOf(samples, options), ...promisesOf({ ...ending, rows: items })];
  const { counts } = api.heard;
  return { options, samples, verdicts, deeds, counts, rows: items, logged: faultsIn(lines) };
}

/** What the functions logged as faults, and how often. */
function faultsIn(lines: readonly string[]): ReadonlyMap<string, number> {
  const faults = new Map<string, number>();
  for (const line of lines.filter((text) => text.includes('"level":"error"'))) {
    const parsed = v.safeParse(
      v.pipe(v.string(), v.parseJson(), FAULT_LINE),
      line.replace(/^\S+ /, ""),
    );
    if (!parsed.success) count(faults, "a line that is none");
    else count(faults, `${parsed.output.what}: ${parsed.output.fault.message}`);
  }
  return faults;
}

type Watching = {
  readonly watched: Watched;
  readonly rows: Rows;
  readonly phones: Phones;
  readonly load: Load;
};

async function watch(minutes: number, watching: Watching): Promise<readonly Sample[]> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const samples: Sample[] = [];
  while (seconds() < minutes * 60 && watching.watched.isAlive()) {
    const next = Math.min(minutes * 60, (samples.length + 1) * SAMPLE_SECONDS);
    await delay(Math.max(0, next - seconds()) * 1_000);
    const sample = await sampleOf(seconds(), watching);
    samples.push(sample);
    process.stderr.write(`${dim(sampleLine(sample))}\n`);
  }
  return samples;
}

async function sampleOf(
  atSeconds: number,
  { watched, rows, phones, load }: Watching,
): Promise<Sample> {
  const { served, ...state } = await watched.state();
  return {
    atSeconds,
    state,
    served,
    controlMilliseconds: control(),
    machineLoad: loadavg()[0] ?? 0,
    rows: await rows.count(),
    kept: phones.sends().length + phones.incidents(),
    underWay: load.underWay(),
  };
}
