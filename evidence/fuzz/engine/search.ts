import { once } from "node:events";
import { Worker } from "node:worker_threads";
import * as v from "valibot";
import type { Target } from "../targets/target.ts";
import { bundled, wordsIn } from "./bundle.ts";
import { keptInputs } from "./corpus.ts";
import { MOST_BYTES } from "./mutate.ts";
import { type Job, REPORT, type Report } from "./report.ts";

/** One run of one input that lasts longer than this never ends. */
const HANGING_MILLISECONDS = 10_000;

/** Searches one target for so long, from its seeds and from what was kept. */
export async function searched(
  name: string,
  target: Target,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Promise<Report> {
  const shared = new SharedArrayBuffer(8 + MOST_BYTES);
  const job: Job = {
    module: await bundled(name, target.reaches),
    seconds,
    seed,
    words: [...wordsIn(target.reaches)],
    inputs: [...target.seeds.map((one) => Buffer.from(one)), ...keptInputs(name)],
    shared,
  };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: job,
    stdout: true,
  });
  const watch = watched(shared);
  try {
    const [told] = await Promise.race([once(worker, "message"), watch.hanging]);
    return v.parse(REPORT, told);
  } finally {
    watch.stop();
    await worker.terminate();
  }
}

/** Ends in a report of its own where one run does not end. */
function watched(shared: SharedArrayBuffer) {
  const progress = new Int32Array(shared, 0, 2);
  const { promise: hanging, resolve } = Promise.withResolvers<readonly [Report]>();
  let last = { run: -1, since: performance.now() };
  const timer = setInterval(() => {
    const run = Atomics.load(progress, 0);
    const now = performance.now();
    if (run !== last.run || run === 0) last = { run, since: now };
    else if (now - last.since > HANGING_MILLISECONDS)
      resolve([hung(run, Buffer.from(shared, 8, Atomics.load(progress, 1)))]);
  }, 500);
  return { hanging, stop: () => clearInterval(timer) };
}

function hung(executions: number, bytes: Buffer): Report {
  const fault = `does not end in ${HANGING_MILLISECONDS / 1_000} s`;
  return {
    executions,
    perSecond: 0,
    total: 0,
    reached: 0,
    unreached: [],
    taken: [],
    kept: [],
    found: [{ kind: "hanging", fault, bytes: Uint8Array.from(bytes) }],
    slowest: { milliseconds: HANGING_MILLISECONDS, bytes: Uint8Array.from(bytes) },
  };
}
