import * as v from "valibot";
import { COUNTS } from "./bundle.ts";

const PLACE = v.object({
  start: v.object({ line: v.optional(v.number()), column: v.optional(v.number()) }),
});
const FILE = v.object({
  path: v.string(),
  b: v.record(v.string(), v.array(v.number())),
  branchMap: v.record(
    v.string(),
    v.object({ type: v.string(), loc: PLACE, locations: v.array(PLACE) }),
  ),
});

/** A branch that nothing reached, as a reader finds it. */
type Place = string;

/** The counters of a bundle that was loaded, read and reset between runs. */
export type Counts = {
  readonly reset: () => void;
  /** Which branches ran since, and how often by order of magnitude: one number for each, the same for the same. */
  readonly features: () => readonly number[];
  readonly total: number;
  readonly nameOf: (branch: number) => Place;
};

/** Orders of magnitude as AFL counts them: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
const BUCKETS = 8;
const LEAST = [1, 2, 3, 4, 8, 16, 32, 128];

export function branchOf(feature: number): number {
  return Math.floor(feature / BUCKETS);
}

export function countsOf(): Counts {
  const loaded: unknown = Reflect.get(globalThis, COUNTS) ?? {};
  const files = Object.values(Object(loaded)).map((file) => ({ file, read: v.parse(FILE, file) }));
  // The arrays themselves, which the code counts in, and not the copies that were checked.
  const arrays = files.flatMap(({ file, read }) =>
    Object.keys(read.b).map((id) => ({ id, read, counters: v.parse(LIVE, Object(file).b[id]) })),
  );
  const places = arrays.flatMap(({ id, read, counters }) =>
    counters.map((_, index) => placeOf(read, id, index)),
  );
  return {
    reset: () => {
      for (const { counters } of arrays) counters.fill(0);
    },
    features: () => featuresOf(arrays),
    total: places.length,
    nameOf: (branch) => places[branch] ?? "",
  };
}

/** Passes an array on as it is. */
const LIVE = v.custom<number[]>((value) => Array.isArray(value));

function placeOf(
  { path, branchMap }: v.InferOutput<typeof FILE>,
  id: string,
  index: number,
): Place {
  const branch = branchMap[id];
  const own = branch?.locations[index]?.start;
  const { line, column } = own?.line === undefined ? (branch?.loc.start ?? {}) : own;
  return `${path}:${line}:${column} (${branch?.type} ${index + 1})`;
}

function featuresOf(
  arrays: readonly { readonly counters: readonly number[] }[],
): readonly number[] {
  const features: number[] = [];
  let branch = 0;
  for (const { counters } of arrays)
    for (const count of counters) {
      if (count > 0)
        features.push(branch * BUCKETS + LEAST.findLastIndex((least) => count >= least));
      branch += 1;
    }
  return features;
}
