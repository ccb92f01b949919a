import * as v from "valibot";
import { COUNTS } from "./bundle.ts";

const FILE = v.object({ b: v.record(v.string(), v.unknown()) });

/** The counters of a bundle that was loaded, read and reset between runs. */
export type Counts = {
  readonly reset: () => void;
  /** Which branches ran since, and how often by order of magnitude: one number for each, the same for the same. */
  readonly features: () => readonly number[];
  readonly total: number;
};

/** Orders of magnitude as AFL counts them: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
const BUCKETS = 8;
const LEAST = [1, 2, 3, 4, 8, 16, 32, 128];

export function branchOf(feature: number): number {
  return Math.floor(feature / BUCKETS);
}

export function countsOf(): Counts {
  const loaded: unknown = Reflect.get(globalThis, COUNTS) ?? {};
  // The arrays themselves, which the code counts in.
  const arrays = Object.values(Object(loaded)).flatMap((file) =>
    Object.values(v.parse(FILE, file).b).map((counters) => v.parse(LIVE, counters)),
  );
  return {
    reset: () => {
      for (const counters of arrays) counters.fill(0);
    },
    features: () =>
      arrays
        .flat()
        .flatMap((count, branch) =>
          count > 0 ? [branch * BUCKETS + LEAST.findLastIndex((least) => count >= least)] : [],
        ),
    total: arrays.flat().length,
  };
}

/** Passes an array on as it is. */
const LIVE = v.custom<number[]>((value) => Array.isArray(value));
