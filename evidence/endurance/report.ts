import { bold, dim, no, warn, yes } from "../../cli/terminal.ts";
import { markdownTable, writePage } from "../tools/page.ts";
import type { Deeds } from "./deeds.ts";
import { kindOf, type Row } from "./rows.ts";
import { OPERATIONS, percentile, type Sample, timesOf } from "./samples.ts";
import { meanFunctionHeap, type Verdict } from "./verdicts.ts";

export type Run = {
  readonly options: {
    readonly minutes: number;
    readonly engine: string;
    readonly weather: string;
    readonly seed: number;
  };
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  readonly deeds: Deeds;
  readonly counts: ReadonlyMap<string, number>;
  readonly rows: readonly Row[];
  /** Faults that the functions logged. */
  readonly logged: ReadonlyMap<string, number>;
};

/** Samples are many; the page shows as many as a reader looks at. */
const SAMPLES_SHOWN = 16;

const COLUMNS = [
  ["minute", ({ atSeconds }) => (atSeconds / 60).toFixed(1)],
  ["requests/s", (sample, seconds) => (sample.served.length / seconds).toFixed(1)],
  ["RSS MB", ({ state }) => megabytes(state.rssBytes)],
  ["front, emulator MB", ({ state }) => megabytes(state.main.heapBytes)],
  ["a function MB", (sample) => megabytes(meanFunctionHeap(sample), 1)],
  ["copies", ({ state }) => String(state.functions.length)],
  [
    "emulator MB",
    ({ state }) => (state.engineBytes === undefined ? "–" : megabytes(state.engineBytes)),
  ],
  ["start ms p50/p99", (sample) => times(sample, 0)],
  ["check ms p50/p99", (sample) => times(sample, 2)],
  ["lag ms", ({ state }) => state.lagMilliseconds.toFixed(0)],
  ["machine load", ({ machineLoad }) => machineLoad.toFixed(1)],
  ["CPU %", ({ state }) => state.cpuPercent.toFixed(0)],
  ["files", ({ state }) => String(state.openFiles ?? "–")],
  ["items", ({ rows }) => String(Object.values(rows).reduce((sum, count) => sum + count, 0))],
] as const satisfies readonly (readonly [string, (sample: Sample, seconds: number) => string])[];

function megabytes(bytes: number, digits = 0): string {
  return (bytes / 1e6).toFixed(digits);
}

function times(sample: Sample, operation: number): string {
  const found = OPERATIONS[operation];
  const milliseconds = found === undefined ? [] : timesOf([sample], found);
  if (milliseconds.length === 0) return "–";
  return [0.5, 0.99].map((share) => percentile(milliseconds, share).toFixed(0)).join("/");
}

export function sampleLine(sample: Sample): string {
  const { state, atSeconds, served, underWay } = sample;
  const cells = [
    `${(atSeconds / 60).toFixed(1).padStart(5)} min`,
    `${served.length} requests`,
    `RSS ${megabytes(state.rssBytes)} MB`,
    `main ${megabytes(state.main.heapBytes)} MB`,
    `${state.functions.length} copies of ${megabytes(meanFunctionHeap(sample), 1)} MB`,
    `CPU ${state.cpuPercent.toFixed(0)} %`,
    `start ${times(sample, 0)} ms`,
    `check ${times(sample, 2)} ms`,
    `${underWay} under way`,
  ];
  return `  ${cells.join(" · ")}`;
}

export function terminalReport({ verdicts, deeds, counts, logged }: Run): string {
  const mark = ({ holds }: Verdict) => (holds === undefined ? warn("·") : holds ? yes() : no());
  const lines = verdicts.flatMap((verdict) => [
    `  ${mark(verdict)} ${verdict.what}`,
    `      ${verdict.seen}  ${dim(`(${verdict.bound}${verdict.holds === undefined ? "; too short a run to say" : ""})`)}`,
  ]);
  return [
    "",
    bold("  What held"),
    "",
    ...lines,
    "",
    dim(`  ${honest(deeds)}`),
    dim(`  ${answers(counts)}`),
    dim(`  Logged: ${answers(logged)}`),
  ].join("\n");
}

function honest(deeds: Deeds): string {
  const { started, approved, canceled, withoutCode, withTicket } = deeds;
  return `${started} people signed in (${withTicket} with a returning ticket): ${approved} were approved, ${canceled} canceled, ${withoutCode} got no code in time or no start.`;
}

function answers(counts: Run["counts"]): string {
  return [...counts]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, times]) => `${times} × ${name}`)
    .join(", ");
}

/** Writes docs/evidence/endurance.md. */
export async function writeReport(run: Run, now: Date): Promise<string> {
  const { options, deeds, counts } = run;
  const command = `npm run endure -- --minutes ${options.minutes} --write`;
  return writePage(
    {
      name: "endurance",
      title: "Endurance",
      command,
      packages: ["@aws-sdk/client-dynamodb", "@middy/core", "twilio"],
      body: [
        introduction(run),
        "## What must hold, and what was seen",
        markdownTable(
          [{ name: "" }, { name: "what" }, { name: "seen" }, { name: "bound" }],
          run.verdicts.map(({ holds, what, seen, bound }) => [
            holds === undefined ? "?" : holds ? "yes" : "**no**",
            what,
            seen.replaceAll("|", "\\|"),
            bound,
          ]),
        ),
        "## Latencies",
        "As the front sees them, with the storm in them: a start waits for Twilio, and Twilio sometimes answers nothing for seconds.",
        latencyTable(run),
        "## Samples",
        sampleTable(run.samples),
        "## Who asked",
        `${honest(deeds)} Beside them: ${[...deeds.hostile].map(([name, times]) => `${name} (${times} times)`).join(", ")}.`,
        `Answers: ${answers(counts)}.`,
        `Faults that the functions logged: ${answers(run.logged)}.`,
        reading(run),
      ].join("\n\n"),
    },
    now,
  );
}

function introduction({ options }: Run): string {
  const { minutes, engine, weather, seed } = options;
  return `The whole local system in a process of its own: the real bundles in their worker threads behind the HTTP front, ${engine} for DynamoDB, the emulator of Twilio with the weather \`${weather}\` (late, lost, doubled and reordered messages and callbacks, faults, broken connections), seed ${seed}. For ${minutes} minutes honest people sign in by SMS, WhatsApp and calls, with typos, resends, double taps, cancellations and returning tickets, each from an address of 127.0.0.0/8, beside six attackers. Only the money of the stage is raised, so that its caps do not end the load. Every answer is held to the OpenAPI description; every answer, header and log line is searched for every code and number.`;
}

function latencyTable({ samples }: Run): string {
  return markdownTable(
    [
      { name: "operation" },
      ...["how many", "p50 ms", "p90 ms", "p99 ms"].map((name) => ({ name, isFigure: true })),
    ],
    OPERATIONS.map((operation) => {
      const milliseconds = timesOf(samples, operation);
      const figures = [0.5, 0.9, 0.99].map((share) => percentile(milliseconds, share).toFixed(0));
      return [operation.name, String(milliseconds.length), ...figures];
    }),
  );
}

function sampleTable(samples: readonly Sample[]): string {
  const step = Math.max(1, Math.ceil(samples.length / SAMPLES_SHOWN));
  const shown = samples.flatMap((sample, index) => {
    if ((index + 1) % step !== 0 && index !== samples.length - 1) return [];
    const seconds = sample.atSeconds - (samples[index - 1]?.atSeconds ?? 0);
    return [COLUMNS.map(([, cell]) => cell(sample, seconds))];
  });
  return markdownTable(
    COLUMNS.map(([name]) => ({ name, isFigure: true })),
    shown,
  );
}

/** The engine deletes nothing by itself in so short a time; what real TTL would have deleted is counted. */
function reading({ rows, options }: Run): string {
  const now = Date.now() / 1_000;
  const due = rows.filter(({ deleteAfter }) => Number(deleteAfter) < now);
  const kinds = Map.groupBy(rows, kindOf);
  const told = [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(", ");
  return [
    "How to read it:",
    "",
    "- Heaps are those after a full collection, asked for in every thread at every sample. `a function` is the mean of all copies; `front, emulator` holds the front, the emulator of Twilio and the phones, which keep every message on purpose: it is judged by what each kept message costs.",
    `- The emulator (${options.engine}) is no part of Latchkey and never gives memory back; it is shown, not judged.`,
    `- Items at the end: ${told}. TTL deletes nothing in so short a run: ${due.length} of them are past their \`deleteAfter\`, which DynamoDB would begin to delete within days, and no condition reads it. What a start leaves behind does not grow with time: per item kind it is what people did.`,
    "- Latencies are compared by thirds of the run, divided by how much slower the same SHA-256 loop became beside it.",
    "- Not in it: TLS, the firewall, IAM, Lambda's own freezing and scaling, and routes of back ends (SigV4), which the tests of the local system ask.",
  ].join("\n");
}
