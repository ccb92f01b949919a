import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BENCH_FOLDER, bundle, bundleFunction } from "./builds.ts";
import { measureProgram } from "./child.ts";
import { inTurn, type Measured, mebibytes, paired, spread, whole } from "./rounds.ts";
import { prepareRuntime } from "./runtime.ts";
import type { Section, Verdict } from "./section.ts";
import { startStub } from "./stub.ts";
import { WARM_WORK, type Way, type WorkReport } from "./work.ts";

const BUDGET = 1.25;

/** A right check asks for four times as much, and is in no ratio. */
const RIGHT_SHARE = 0.25;

const WRONG = "wrong check";
const BARE = "its updates, bare";
const RIGHT = "right check";
const NAMES = [WRONG, BARE, RIGHT] as const;

/** The heap that Lambda gives a function of 512 MiB: nine tenths for old objects, half a tenth for each half of the new ones. */
const AS_LAMBDA = ["--max-semi-space-size=25", "--max-old-space-size=460"] as const;

/** CPU of a check in a warm process, against a bare loop of the requests that it makes. */
export async function measureWarm(rounds: number): Promise<Section> {
  const runtime = await prepareRuntime();
  const stub = await startStub();
  try {
    const check = await bundleFunction("check-code");
    const bare = await bundle("bare-updates", "evidence/bench/programs/bare-updates.ts");
    const env = stub.environmentOf("check-code");
    const [wrong, right] = [stub.eventFile("wrong"), stub.eventFile("right")];
    const updatesOf = (event: string) =>
      stub.updatesOf(() => runtime.run({ directory: check, env, event }));
    const updates = await updatesOf(wrong);
    const rightUpdates = await updatesOf(right);
    const file = join(BENCH_FOLDER, "updates.json");
    await writeFile(file, `[${updates.join(",")}]`);
    const bareEnv = { ...stub.surroundings, LATCHKEY_BENCH_UPDATES: file };
    const measured = await inTurn(NAMES, rounds, (name) => {
      const program = join(import.meta.dirname, "programs/warm-process.ts");
      const handler = join(name === BARE ? bare : check, "index.cjs");
      const event = name === RIGHT ? right : wrong;
      const share = String(name === RIGHT ? RIGHT_SHARE : 1);
      const args = [...AS_LAMBDA, program, handler, event, share];
      return measureProgram<WorkReport>({ args, env: name === BARE ? bareEnv : env });
    });
    return sectionOf(measured, (name) =>
      String(name === RIGHT ? rightUpdates.length : updates.length),
    );
  } finally {
    stub.stop();
  }
}

function sectionOf(measured: Measured<WorkReport>, updates: (name: string) => string): Section {
  const { warmUp, measured: requests, atOnce } = WARM_WORK;
  const cpu = (name: string, way: Way) =>
    measured(name).map((report) => report[way].cpuMicroseconds);
  const overBare = (way: Way) => paired(cpu(WRONG, way), cpu(BARE, way));
  const verdict = (way: Way, name: string): Verdict => ({
    measure: `CPU of a warm check ÷ bare loop of its updates, ${name}`,
    value: overBare(way).value,
    unit: "×",
    budget: { atMost: BUDGET },
  });
  return {
    title: "Warm CPU and memory",
    method: `A process of its own for each, in turn, with the heap that Lambda gives a function of 512 MiB. It does ${whole(warmUp)} requests one by one and as many ${atOnce} at once to warm up, and is then measured over ${whole(requests)} one by one and ${whole(requests)} in ${atOnce} lanes. CPU is that of the measured process alone, all threads. What answers is a stub over HTTPS on the loopback; over plain HTTP the SDK would load undici. A wrong check makes two updates, one after the other: the guess, and the failure of its number. The bare loop sends the very same two, recorded on the wire, with the SDK's client and nothing else.`,
    tables: [
      {
        columns: [
          "",
          "updates",
          "CPU µs, one by one",
          "÷ bare",
          `CPU µs, ${atOnce} at once`,
          "÷ bare",
          "µs that one takes, one by one",
          "peak RSS MiB",
        ],
        rows: NAMES.map((name) => [
          name,
          updates(name),
          spread(cpu(name, "sequential"), 0),
          name === WRONG ? spread(overBare("sequential"), 2) : "–",
          spread(cpu(name, "concurrent"), 0),
          name === WRONG ? spread(overBare("concurrent"), 2) : "–",
          spread(
            measured(name).map(({ sequential }) => sequential.wallMicroseconds),
            0,
          ),
          spread(measured(name).map(({ peakBytes }) => mebibytes(peakBytes))),
        ]),
      },
    ],
    remarks: [
      "What a check does beside its requests: middy, the parsing of the body, three HMACs, the reading of the item that came back, two log lines with their metrics, and the conversion of values both ways. The bare loop has the SDK's defaults. The functions resolve its middleware once for each kind of request, which its document client refuses, and leave out its log and its name: together 14 % of the CPU of a check (2026-11-29, 11 paired rounds). A key object for the signer's HMACs would be 4 % more, and is left out.",
      "In deployment a container has one request at a time: the first column is what it pays for.",
      "A right check also asks KMS for a signature and invokes the function that reports the outcome, each over a connection of its own client, and decrements the unverified sends of its scopes. It has no baseline, so it has no ratio, and a quarter of the requests.",
      "Memory is garbage that V8 leaves while it has room; `npm run endure` shows that the live heap does not grow. Memory is not why the functions have theirs: Lambda sells CPU by it (infra/functions.ts).",
    ],
    verdicts: [verdict("sequential", "one by one"), verdict("concurrent", `${atOnce} at once`)],
    chart: {
      name: "benchmark-warm",
      title: "CPU of a warm wrong check, times the bare loop of its updates",
      unit: "×",
      bars: [
        { label: "one by one", ...overBare("sequential"), limit: BUDGET },
        { label: `${atOnce} at once`, ...overBare("concurrent"), limit: BUDGET },
      ],
    },
  };
}
