import * as v from "valibot";

const TIMES = v.array(v.object({ route: v.string(), milliseconds: v.number() }));

export const SYSTEM_REPORT = v.object({
  /** As the front saw them: from the head of a request to its answer. */
  served: TIMES,
  /** As the functions saw them: what they say in their lines. */
  answered: TIMES,
  cpuMilliseconds: v.number(),
  /** Of it, the thread of the front, the database and the emulators. The rest is functions. */
  mainCpuMilliseconds: v.number(),
  /** The share of the time in which that thread had no rest. */
  mainUtilization: v.number(),
  rssBytes: v.number(),
});
export type SystemReport = v.InferOutput<typeof SYSTEM_REPORT>;
