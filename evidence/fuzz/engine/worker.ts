/** Runs in a thread of its own: searches one target until its time is over, and reports its findings. */
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { type Seeded, seeded } from "../../simulation/seeded.ts";
import { COUNTS } from "./bundle.ts";
import { MOST_BYTES, mutated } from "./mutate.ts";
import type { Found, Job, Report } from "./search.ts";
import { shrunk } from "./shrink.ts";
import {
  cpuMilliseconds,
  type Fuzz,
  MOST_CPU_MILLISECONDS,
  tried,
  WORTH_A_LOOK_MILLISECONDS,
} from "./trial.ts";

/** From here on a slow input is worth what its children take. */
const WORTH_CLIMBING_MILLISECONDS = 10;
/** So many different faults are enough to mend. */
const MOST_FOUND = 5;
/** A kept set is small enough to be read by people and by every `npm test`. */
const MOST_KEPT = 150;

type Kept = { readonly bytes: Buffer; readonly features: readonly number[] };

async function search({ module, seconds, seed, words, inputs, shared }: Job): Promise<Report> {
  const { fuzz } = await import(pathToFileURL(module).href);
  const state: State = {
    fuzz,
    counters: liveCounters(),
    seen: new Set(),
    kept: [],
    found: new Map(),
    slowestMilliseconds: 0,
    executions: 0,
    length: new Int32Array(shared, 0, 1),
    current: new Uint8Array(shared, 4),
  };
  const random = seeded(seed);
  for (const input of inputs) await run(state, Buffer.from(input));
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  const before = state.executions;
  while (performance.now() < until && state.found.size < MOST_FOUND) {
    const others = state.kept.map(({ bytes }) => bytes);
    await run(state, mutated(parentAmong(others, random), { random, words, others }));
  }
  const lasted = (performance.now() - startedAt) / 1_000;
  const reached = new Set([...state.seen].map((feature) => Math.floor(feature / BUCKETS)));
  return {
    executions: state.executions,
    perSecond: lasted > 0 ? (state.executions - before) / lasted : 0,
    total: state.counters.flat().length,
    reached: reached.size,
    kept: smallestSet(state.kept),
    found: [...state.found.values()],
    slowestMilliseconds: state.slowestMilliseconds,
  };
}

/** The shorter of two in nearly all cases: long inputs take long, and show less. */
function parentAmong(inputs: readonly Buffer[], random: Seeded): Buffer {
  const draw = () => inputs[random.integer(Math.max(1, inputs.length))] ?? Buffer.of(0);
  const [one, other] = [draw(), draw()];
  return random.integer(16) > 0 && other.length < one.length ? other : one;
}

/** Orders of magnitude as AFL counts them: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
const BUCKETS = 8;
const LEAST = [1, 2, 3, 4, 8, 16, 32, 128];

/** The arrays in which the code of the loaded bundle counts its branches. */
function liveCounters(): readonly number[][] {
  const files = Object.values(Object(Reflect.get(globalThis, COUNTS)));
  return files.flatMap((file) => Object.values<number[]>(Object(file).b));
}

/** Which branches ran, and how often by order of magnitude: one number for each, the same for the same. */
function featuresIn(counters: State["counters"]): readonly number[] {
  const bucketOf = (count: number) => LEAST.findLastIndex((least) => count >= least);
  return counters
    .flat()
    .flatMap((count, branch) => (count > 0 ? [branch * BUCKETS + bucketOf(count)] : []));
}

type State = {
  readonly fuzz: Fuzz;
  readonly counters: readonly number[][];
  readonly seen: Set<number>;
  readonly kept: Kept[];
  readonly found: Map<string, Found>;
  slowestMilliseconds: number;
  executions: number;
  /** The input of this run, which the main thread reports if the run does not end. */
  readonly length: Int32Array;
  readonly current: Uint8Array;
};

async function run(state: State, bytes: Buffer): Promise<void> {
  state.current.set(bytes.subarray(0, MOST_BYTES));
  Atomics.store(state.length, 0, bytes.length);
  state.executions += 1;
  for (const counters of state.counters) counters.fill(0);
  const { fault, milliseconds } = await tried(state.fuzz, bytes);
  const features = featuresIn(state.counters);
  if (fault !== undefined) await note(state, bytes, fault);
  else if (features.some((feature) => !state.seen.has(feature))) {
    state.kept.push({ bytes, features });
    for (const feature of features) state.seen.add(feature);
  }
  if (milliseconds > Math.max(WORTH_A_LOOK_MILLISECONDS, state.slowestMilliseconds * 1.2))
    await lookCloser(state, bytes, features);
}

/** One finding of each fault, made small. */
async function note(state: State, bytes: Buffer, fault: Error): Promise<void> {
  const name = nameOf(fault);
  if (state.found.has(name)) return;
  state.found.set(name, { kind: "broken", fault: name, bytes });
  const small = await shrunk(bytes, async (candidate) => {
    const again = await tried(state.fuzz, candidate);
    return again.fault !== undefined && nameOf(again.fault) === name;
  });
  state.found.set(name, { kind: "broken", fault: name, bytes: small });
}

/** A fault by its words without what they quote, and where it was thrown. */
function nameOf({ name, message, stack = "" }: Error): string {
  const [words = ""] = message.split("\n");
  const frame = /at (?:async )?([\w.]+) \(/.exec(stack)?.[1] ?? "";
  return `${name}: ${words.replace(/(["'`]).*\1/g, "…").slice(0, 120)}, in ${frame}`;
}

/** A slow input is kept as a parent, so that the search climbs; beyond the bound it is a finding. */
async function lookCloser(state: State, bytes: Buffer, features: readonly number[]): Promise<void> {
  const milliseconds = await cpuMilliseconds(state.fuzz, bytes);
  if (milliseconds <= state.slowestMilliseconds * 1.2) return;
  state.slowestMilliseconds = milliseconds;
  if (milliseconds > WORTH_CLIMBING_MILLISECONDS) state.kept.push({ bytes, features });
  if (milliseconds <= MOST_CPU_MILLISECONDS || state.found.has("slow")) return;
  const small = await shrunk(
    bytes,
    async (candidate) => (await cpuMilliseconds(state.fuzz, candidate)) > MOST_CPU_MILLISECONDS,
    60,
  );
  const fault = `${Math.round(milliseconds)} ms of CPU time`;
  state.found.set("slow", { kind: "slow", fault, bytes: small });
}

/** Inputs that together reach everything, the shortest first. */
function smallestSet(kept: readonly Kept[]): readonly Buffer[] {
  const covered = new Set<number>();
  const chosen: Buffer[] = [];
  for (const { bytes, features } of kept.toSorted((a, b) => a.bytes.length - b.bytes.length)) {
    if (features.every((feature) => covered.has(feature))) continue;
    chosen.push(bytes);
    for (const feature of features) covered.add(feature);
  }
  return chosen.slice(0, MOST_KEPT);
}

parentPort?.postMessage(await search(workerData));
