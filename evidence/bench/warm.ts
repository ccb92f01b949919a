import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandFault } from "../../cli/terminal.ts";
import { BENCH_FOLDER, type Build, bundle, bundleFunction } from "./builds.ts";
import { measureProgram } from "./child.ts";
import { spread, whole } from "./figures.ts";
import { inTurn } from "./rounds.ts";
import { prepareRuntime } from "./runtime.ts";
import type { Section, Setting, Verdict } from "./section.ts";
import { paired, ratio, spreadOf } from "./statistics.ts";
import { type EventName, type Stub, startStub } from "./stub.ts";
import { WARM_REPORT, type WarmReport, WORK } from "./warm-work.ts";

const BUDGET = 1.3;

/** A request that fails costs other CPU than one that is answered. So few do not move a median. */
const MOST_FAILED = 5;
const MOST_TRIES = 5;

/** It asks for four times as much, and stands in no ratio. */
const RIGHT_SHARE = 0.25;

const NAMES = ["wrong check", "its updates, bare", "right check"] as const;
type Name = (typeof NAMES)[number];

/** CPU of a check in a warm process, against a bare loop of the requests that it makes. */
export async function measureWarm({ rounds }: Setting): Promise<Section> {
  const stub = await startStub();
  try {
    const check = await bundleFunction("check-code");
    const bare = await bundle("bare-updates", "evidence/bench/programs/bare-updates.ts");
    const updates = await updatesOf("wrong", check, stub);
    const rightUpdates = await updatesOf("right", check, stub);
    const file = join(BENCH_FOLDER, "updates.json");
    await writeFile(file, `[${updates.join(",")}]`);
    const env = stub.environmentOf("check-code");
    const wrong = stub.eventFile("wrong");
    const programs: Readonly<Record<Name, Warm>> = {
      "wrong check": { build: check, event: wrong, env },
      "its updates, bare": {
        build: bare,
        event: wrong,
        env: { ...stub.surroundings, LATCHKEY_BENCH_UPDATES: file },
      },
      "right check": { build: check, event: stub.eventFile("right"), env, share: RIGHT_SHARE },
    };
    const measured = await inTurn(NAMES, rounds, (name: Name) => measure(programs[name]));
    return sectionOf(measured, { wrong: updates.length, right: rightUpdates.length });
  } finally {
    stub.stop();
  }
}

type Warm = {
  readonly build: Build;
  readonly event: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of the work that the others do. */
  readonly share?: number;
};

async function measure(warm: Warm, tries = 1): Promise<WarmReport> {
  const { build, event, env, share = 1 } = warm;
  const report = await measureProgram(
    {
      args: [
        join(import.meta.dirname, "programs/warm-process.ts"),
        join(build.directory, "index.cjs"),
        event,
        String(share),
      ],
      env,
    },
    WARM_REPORT,
  );
  const failed = report.sequential.failed + report.concurrent.failed;
  if (failed <= MOST_FAILED) return report;
  if (tries === MOST_TRIES)
    throw new CommandFault(
      `${failed} requests waited for the stub for longer than a second: this machine is too busy to measure on.`,
    );
  return measure(warm, tries + 1);
}

/** The updates of one check, as they went over the wire. */
async function updatesOf(
  event: EventName,
  { directory }: Build,
  stub: Stub,
): Promise<readonly string[]> {
  const runtime = await prepareRuntime();
  const env = stub.environmentOf("check-code");
  const exchanges = await stub.listen(() =>
    runtime.run({ directory, env, event: { file: stub.eventFile(event), times: 1 } }),
  );
  return exchanges
    .filter(({ operation }) => operation.endsWith(".UpdateItem"))
    .map(({ body }) => body);
}

type Counts = { readonly wrong: number; readonly right: number };

function sectionOf(
  measured: Readonly<Record<Name, readonly WarmReport[]>>,
  counts: Counts,
): Section {
  const cpu = (name: Name, way: keyof WarmReport) =>
    measured[name].map((report) => report[way].cpuMicroseconds);
  const wall = (name: Name) => measured[name].map(({ sequential }) => sequential.wallMicroseconds);
  const overBare = (way: keyof WarmReport) =>
    paired(cpu("wrong check", way), cpu("its updates, bare", way), ratio);
  const verdict = (way: keyof WarmReport, said: string): Verdict => ({
    measure: `CPU of a warm check ÷ bare loop of its updates, ${said}`,
    value: overBare(way).median,
    unit: "×",
    budget: { atMost: BUDGET },
  });
  const requests: Readonly<Record<Name, number>> = {
    "wrong check": counts.wrong,
    "its updates, bare": counts.wrong,
    "right check": counts.right,
  };
  return {
    title: "Warm CPU",
    method: `A process of its own for each, in turn. It does ${whole(WORK.warmUp)} requests one by one and as many ${WORK.atOnce} at once to warm up, and is then measured over ${whole(WORK.sequential)} one by one and ${whole(WORK.concurrent)} in ${WORK.atOnce} lanes. CPU is that of the measured process alone, all threads. What answers is a stub over HTTPS on the loopback; over plain HTTP the SDK would load undici. A wrong check makes two updates, one after the other: the guess, and the failure of its number. The bare loop sends the very same two, recorded on the wire, with the SDK's client and nothing else.`,
    tables: [
      {
        columns: [
          { name: "" },
          { name: "updates", isFigure: true },
          { name: "CPU µs, one by one", isFigure: true },
          { name: "÷ bare", isFigure: true },
          { name: `CPU µs, ${WORK.atOnce} at once`, isFigure: true },
          { name: "÷ bare", isFigure: true },
          { name: "µs that one takes, one by one", isFigure: true },
        ],
        rows: NAMES.map((name) => {
          const isCompared = name === "wrong check";
          return [
            name,
            String(requests[name]),
            spread(spreadOf(cpu(name, "sequential")), 0),
            isCompared ? spread(overBare("sequential"), 2) : "–",
            spread(spreadOf(cpu(name, "concurrent")), 0),
            isCompared ? spread(overBare("concurrent"), 2) : "–",
            spread(spreadOf(wall(name)), 0),
          ];
        }),
      },
    ],
    remarks: [
      "What a check does beside its requests: middy, the parsing of the body, three HMACs, the reading of the item that came back, two log lines with their metrics, and the document client's conversion both ways. In a profile none of these stands out: nearly all of the CPU is the SDK's own signing, serializing and writing to the socket.",
      "In deployment a container has one request at a time: the first column is what it pays for.",
      "A right check also asks KMS for a signature and invokes the settling function, each over a connection of its own client, and takes the unverified sends off its scopes. Nothing is its limit, so it has no ratio, and a quarter of the requests.",
    ],
    verdicts: [
      verdict("sequential", "one by one"),
      verdict("concurrent", `${WORK.atOnce} at once`),
    ],
    charts: [
      {
        kind: "bars",
        name: "benchmark-warm",
        title: "CPU of a warm wrong check, times the bare loop of its updates",
        unit: "×",
        bars: [
          { label: "one by one", ...overBare("sequential"), budget: BUDGET },
          { label: `${WORK.atOnce} at once`, ...overBare("concurrent"), budget: BUDGET },
        ],
      },
    ],
  };
}
