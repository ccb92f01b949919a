import * as v from "valibot";

/** What a warm process does before and while it is measured. */
export const WORK = { warmUp: 150, sequential: 400, concurrent: 400, atOnce: 50 } as const;

/** Of one request; and how many failed, since a call of AWS that takes longer than a second is given up. */
const USED = v.object({
  cpuMicroseconds: v.number(),
  wallMicroseconds: v.number(),
  failed: v.number(),
});
export const WARM_REPORT = v.object({ sequential: USED, concurrent: USED });
export type WarmReport = v.InferOutput<typeof WARM_REPORT>;
