import * as v from "valibot";

const BYTES = v.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** What a worker is asked. */
export const JOB = v.object({
  module: v.string(),
  seconds: v.number(),
  seed: v.number(),
  words: v.array(v.string()),
  inputs: v.array(BYTES),
  /** How long the input is that is tried now, and its bytes. */
  shared: v.instance(SharedArrayBuffer),
});
export type Job = v.InferOutput<typeof JOB>;

const FOUND = v.object({
  kind: v.picklist(["broken", "slow", "hanging"]),
  fault: v.string(),
  bytes: BYTES,
});
/** An input that a target does not bear. */
export type Found = Readonly<v.InferOutput<typeof FOUND>>;

/** The report of a worker. */
export const REPORT = v.object({
  executions: v.number(),
  perSecond: v.number(),
  /** Branches that there are in the files of the target, and those that were reached. */
  total: v.number(),
  reached: v.number(),
  kept: v.pipe(v.array(BYTES), v.readonly()),
  found: v.pipe(v.array(FOUND), v.readonly()),
  slowest: v.object({ milliseconds: v.number(), bytes: BYTES }),
});
export type Report = Readonly<v.InferOutput<typeof REPORT>>;
