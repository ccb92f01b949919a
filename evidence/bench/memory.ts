import type { FunctionName } from "../../functions/runtime/environment.ts";
import { type Build, bundle, bundleFunction } from "./builds.ts";
import { decimal, mebibytes, spread, whole } from "./figures.ts";
import { inTurn } from "./rounds.ts";
import { prepareRuntime, type RunReport } from "./runtime.ts";
import type { Section, Setting, Verdict } from "./section.ts";
import { spreadOf } from "./statistics.ts";
import { type EventName, startStub } from "./stub.ts";

const BUDGET_MEBIBYTES = 90;

/** A peak moves little from run to run, and each of these runs takes seconds. */
const MOST_ROUNDS = 3;

const MANY = 500;
const FEW = 10;

/**
 * The room that Lambda's runtime client is started with is a matter of the memory of its function: of 512 MiB, nine tenths for what lives long, and
 * half a tenth for each half of what is new. The small one is what Node needs to be told to collect early.
 */
const AS_LAMBDA = ["--expose-gc", "--max-semi-space-size=25", "--max-old-space-size=460"] as const;
const SMALL = ["--expose-gc", "--max-semi-space-size=1", "--max-old-space-size=32"] as const;

type Subject = { readonly name: FunctionName; readonly event: EventName };
const SUBJECTS: Readonly<Record<string, Subject>> = {
  "start-verification": { name: "start-verification", event: "start" },
  "check-code, right codes": { name: "check-code", event: "right" },
  "check-code, wrong codes": { name: "check-code", event: "wrong" },
  "show-verification": { name: "show-verification", event: "show" },
  "receive-delivery": { name: "receive-delivery", event: "delivery" },
};

const EMPTY = "empty";
const WAYS = ["few", "many", "small"] as const;
type Way = (typeof WAYS)[number];

const MANNERS: Readonly<
  Record<Way, { readonly times: number; readonly flags: readonly string[] }>
> = {
  few: { times: FEW, flags: AS_LAMBDA },
  many: { times: MANY, flags: AS_LAMBDA },
  small: { times: MANY, flags: SMALL },
};

/** The most memory that a function takes, after few requests and after many. */
export async function measureMemory({ rounds }: Setting): Promise<Section> {
  const runtime = await prepareRuntime();
  const stub = await startStub();
  try {
    const builds = new Map<string, Build>([
      [EMPTY, await bundle(EMPTY, "evidence/bench/programs/empty-function.ts")],
    ]);
    for (const [label, { name }] of Object.entries(SUBJECTS))
      builds.set(label, await bundleFunction(name));
    const names = [...builds.keys()].flatMap((label) => WAYS.map((way) => nameOf(label, way)));
    const measured = await inTurn(names, Math.min(rounds, MOST_ROUNDS), (name) => {
      const { label, way } = partsOf(name);
      const subject = SUBJECTS[label];
      const { times, flags } = MANNERS[way];
      return runtime.run({
        directory: builds.get(label)?.directory ?? "",
        flags,
        env: subject === undefined ? {} : stub.environmentOf(subject.name),
        event: { file: stub.eventFile(subject?.event ?? "start"), times },
      });
    });
    return sectionOf([...builds.keys()], (label, way) => measured[nameOf(label, way)] ?? []);
  } finally {
    stub.stop();
  }
}

const SEPARATOR = " | ";
const nameOf = (label: string, way: Way) => `${label}${SEPARATOR}${way}`;

function partsOf(name: string): { readonly label: string; readonly way: Way } {
  const [label = "", end] = name.split(SEPARATOR);
  const way = WAYS.find((one) => one === end);
  if (way === undefined) throw new Error(`${name} has no way`);
  return { label, way };
}

type Runs = (label: string, way: Way) => readonly RunReport[];

function sectionOf(labels: readonly string[], runs: Runs): Section {
  const peak = (label: string, way: Way) =>
    spreadOf(runs(label, way).map(({ peakBytes }) => mebibytes(peakBytes)));
  const live = (label: string, way: Way) =>
    spreadOf(runs(label, way).map(({ liveBytes = 0 }) => mebibytes(liveBytes)));
  const largest = (way: Way) => Math.max(...labels.map((label) => peak(label, way).median));
  const verdict = (way: Way, said: string): Verdict => ({
    measure: `peak memory of the largest function, ${said}`,
    value: largest(way),
    unit: "MiB",
    budget: { atMost: BUDGET_MEBIBYTES },
  });
  return {
    title: "Memory",
    method: `The peak of the resident set of a process under the runtime client, after ${FEW} requests and after ${whole(MANY)} of the same kind, one after the other. Node is started with the room that Lambda gives a function of 512 MiB. The live heap is the heap after a collection. The last column is the same work with Node told to collect early: 32 MiB for what lives long, 1 MiB for each half of what is new. At most ${MOST_ROUNDS} rounds.`,
    tables: [
      {
        title: "MiB",
        columns: [
          { name: "function" },
          { name: "ready", isFigure: true },
          { name: `peak, ${FEW} requests`, isFigure: true },
          { name: "alive then", isFigure: true },
          { name: `peak, ${whole(MANY)} requests`, isFigure: true },
          { name: "alive then", isFigure: true },
          { name: `peak, ${whole(MANY)} requests, little room`, isFigure: true },
        ],
        rows: labels.map((label) => [
          label,
          decimal(
            spreadOf(runs(label, "many").map(({ ready }) => mebibytes(ready.rssBytes))).median,
          ),
          spread(peak(label, "few")),
          decimal(live(label, "few").median),
          spread(peak(label, "many")),
          decimal(live(label, "many").median),
          spread(peak(label, "small")),
        ]),
      },
    ],
    remarks: [
      "Nothing leaks: compare the live heap after few requests and after many. The rest is garbage that V8 leaves lying while it has room, and it takes the room that it is given. Memory is billed as configured, not as used, so nothing is to be won by collecting early, and CPU is to be lost.",
      "Memory is not why the functions have theirs: Lambda sells CPU by it (infra/functions.ts). The last column is what they would do with less.",
    ],
    verdicts: [verdict("few", `${FEW} requests`), verdict("many", `${whole(MANY)} requests`)],
    charts: [
      {
        kind: "bars",
        name: "benchmark-memory",
        title: `Peak memory after ${whole(MANY)} requests`,
        unit: "MiB",
        bars: labels.map((label) => ({
          label,
          ...peak(label, "many"),
          ...(label === EMPTY ? {} : { budget: BUDGET_MEBIBYTES }),
        })),
      },
    ],
  };
}
