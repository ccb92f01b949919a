import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Target } from "../targets/target.ts";
import { bundled, wordsIn } from "./bundle.ts";
import { type FindingKind, keptInputs } from "./corpus.ts";
import { MOST_BYTES } from "./mutate.ts";

/** What a worker is asked. */
export type Job = {
  readonly module: string;
  readonly seconds: number;
  readonly seed: number;
  readonly words: readonly string[];
  readonly inputs: readonly Uint8Array[];
  /** How long the input is that is tried now, and its bytes. */
  readonly shared: SharedArrayBuffer;
};

/** An input that a target does not bear. */
export type Found = {
  readonly kind: FindingKind;
  readonly fault: string;
  readonly bytes: Uint8Array;
};

/** The report of a worker. */
export type Report = {
  readonly executions: number;
  readonly perSecond: number;
  /** Branches that there are in the files of the target, and those that were reached. */
  readonly total: number;
  readonly reached: number;
  readonly kept: readonly Uint8Array[];
  readonly found: readonly Found[];
  readonly slowestMilliseconds: number;
};

/** A search without a report so long after the end of its time is in one input that never ends. */
const HANGING_SECONDS = 20;

/** Searches one target for so long, from its seeds and from what was kept. */
export async function searched(
  name: string,
  target: Target,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Promise<Report> {
  const shared = new SharedArrayBuffer(4 + MOST_BYTES);
  const job: Job = {
    module: await bundled(name, target.reaches),
    seconds,
    seed,
    words: wordsIn(target.reaches),
    inputs: [...target.seeds.map((one) => Buffer.from(one)), ...keptInputs(name)],
    shared,
  };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: job,
    stdout: true,
  });
  const signal = AbortSignal.timeout((seconds + HANGING_SECONDS) * 1_000);
  try {
    const [report] = await once(worker, "message", { signal });
    return report;
  } catch (fault) {
    if (!signal.aborted) throw fault;
    const bytes = Uint8Array.from(Buffer.from(shared, 4, new Int32Array(shared, 0, 1)[0]));
    const found = [{ kind: "hanging", fault: "does not end", bytes } as const];
    const slowestMilliseconds = HANGING_SECONDS * 1_000;
    return {
      ...{ executions: 0, perSecond: 0, total: 0, reached: 0, kept: [] },
      ...{ found, slowestMilliseconds },
    };
  } finally {
    await worker.terminate();
  }
}
