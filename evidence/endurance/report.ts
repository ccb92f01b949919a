import { bold, dim, no, warn, yes } from "../../cli/terminal.ts";
import { figures, markdownTable, writePage } from "../tools/page.ts";
import type { Deeds } from "./people.ts";
import { OPERATIONS, percentile, type Sample, timesOf } from "./samples.ts";
import { meanFunctionBytes, type Verdict } from "./verdicts.ts";

export type Run = {
  readonly options: {
    readonly minutes: number;
    readonly engine: string;
    readonly network: string;
    readonly seed: number;
  };
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  readonly deeds: Deeds;
  readonly counts: ReadonlyMap<string, number>;
  /** Faults that the functions logged. */
  readonly logged: ReadonlyMap<string, number>;
  /** Items of the table at the end. */
  readonly items: number;
};

/** Samples are many; the page shows as many as a reader looks at. */
const SAMPLES_SHOWN = 16;

const COLUMNS = [
  ["minute", ({ atSeconds }) => (atSeconds / 60).toFixed(1)],
  ["requests", ({ served }) => String(served.length)],
  ["RSS MB", ({ rssBytes }) => megabytes(rssBytes)],
  ["front, emulator MB", ({ mainBytes }) => megabytes(mainBytes)],
  ["a function MB", (sample) => megabytes(meanFunctionBytes(sample), 1)],
  ["copies", ({ functionBytes }) => String(functionBytes.length)],
  ["start ms p50", (sample) => median(sample, OPERATIONS[0])],
  ["check ms p50", (sample) => median(sample, OPERATIONS[2])],
  ["machine load", ({ machineLoad }) => machineLoad.toFixed(1)],
  ["files", ({ openFiles }) => String(openFiles)],
  ["under way", ({ underWay }) => String(underWay)],
] as const satisfies readonly (readonly [string, (sample: Sample) => string])[];

function megabytes(bytes: number, digits = 0): string {
  return (bytes / 1e6).toFixed(digits);
}

function median(sample: Sample, operation: (typeof OPERATIONS)[number]): string {
  return percentile(timesOf([sample], operation), 0.5).toFixed(0);
}

export function sampleLine(sample: Sample): string {
  return `  ${COLUMNS.map(([name, cell]) => `${name} ${cell(sample)}`).join(" · ")}`;
}

export function terminalReport({ verdicts, deeds, counts, logged }: Run): string {
  const mark = ({ holds }: Verdict) => (holds === undefined ? warn("·") : holds ? yes() : no());
  return [
    `\n${bold("  What held")}\n`,
    ...verdicts.map((verdict) => {
      const { what, seen, bound, holds } = verdict;
      const tooShort = holds === undefined ? "; too short a run to say" : "";
      return `  ${mark(verdict)} ${what}\n      ${seen}  ${dim(`(${bound}${tooShort})`)}`;
    }),
    dim(`\n  ${honest(deeds)}\n  ${listed(counts)}\n  Logged: ${listed(logged)}`),
  ].join("\n");
}

function honest({ started, approved, canceled, withoutCode, withTicket }: Deeds): string {
  return `${started} people signed in (${withTicket} with a returning ticket): ${approved} were approved, ${canceled} canceled, ${withoutCode} got no code in time or no start.`;
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([one], [other]) => one.localeCompare(other));
  return sorted.map(([name, times]) => `${times} × ${name}`).join(", ");
}

/** Writes docs/evidence/endurance.md. */
export async function writeReport(run: Run, now: Date): Promise<string> {
  const { options, deeds, counts, samples } = run;
  const step = Math.max(1, Math.ceil(samples.length / SAMPLES_SHOWN));
  const shown = samples.filter(
    (_, index) => (index + 1) % step === 0 || index === samples.length - 1,
  );
  return writePage(
    {
      name: "endurance",
      title: "Endurance",
      command: `npm run endure -- --minutes ${options.minutes} --write`,
      packages: ["@aws-sdk/client-dynamodb", "@middy/core", "twilio"],
      body: [
        introduction(run),
        "## What must hold, and what was seen",
        markdownTable(
          ["", "what", "seen", "bound"],
          run.verdicts.map(({ holds, what, seen, bound }) => [
            holds === undefined ? "?" : holds ? "yes" : "**no**",
            what,
            seen.replaceAll("|", "\\|"),
            bound,
          ]),
        ),
        "## Latencies",
        "As the front sees them, on the bad network: a start waits for Twilio, and Twilio sometimes answers nothing for seconds.",
        markdownTable(
          ["operation", ...figures("how many", "p50 ms", "p90 ms", "p99 ms")],
          OPERATIONS.map((operation) => {
            const times = timesOf(samples, operation);
            const cells = [0.5, 0.9, 0.99].map((share) => percentile(times, share).toFixed(0));
            return [operation.name, String(times.length), ...cells];
          }),
        ),
        "## Samples",
        markdownTable(
          figures(...COLUMNS.map(([name]) => name)),
          shown.map((sample) => COLUMNS.map(([, cell]) => cell(sample))),
        ),
        "## Who asked",
        `${honest(deeds)} Beside them: ${listed(deeds.hostile)}.`,
        `Answers: ${listed(counts)}.`,
        `Faults that the functions logged: ${listed(run.logged)}.`,
        `Items in the table at the end: ${run.items}. TTL deletes nothing in so short a run.`,
      ].join("\n\n"),
    },
    now,
  );
}

function introduction({ options }: Run): string {
  const { minutes, engine, network, seed } = options;
  return `The whole local system and those who ask it in one process: the real bundles in their worker threads behind the HTTP front, ${engine} for DynamoDB, the emulator of Twilio with the network \`${network}\` (late, lost, doubled and reordered messages and callbacks, faults, broken connections), seed ${seed}. For ${minutes} minutes honest people sign in by SMS, WhatsApp and calls, with typos, resends, double taps, cancellations and returning tickets, each from an address of 127.0.0.0/8, beside six attackers. Only the money of the stage is raised, so that its caps do not end the load. Every answer is held to the OpenAPI description; every answer, header and log line is searched for every code and number. Heaps are those after a full collection, asked for in every thread at every sample. Latencies are compared by thirds of the run, divided by how much slower the same SHA-256 loop became beside it. Not in it: TLS, the firewall, IAM, Lambda's own freezing and scaling, and routes of back ends (SigV4), which the tests of the local system ask.`;
}
