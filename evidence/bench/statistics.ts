/** The middle of a sample, and the middle half of it. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number };

/** The value below which `share` of a sample lies, between its two neighbours where it falls between them. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error("a sample has values");
  return below + (above - below) * (place - Math.floor(place));
}

/** Median and quartiles. */
export function spreadOf(sample: readonly number[]): Spread {
  return {
    median: quantile(sample, 0.5),
    low: quantile(sample, 0.25),
    high: quantile(sample, 0.75),
  };
}

/** Round by round, since neighbours in time share the moods of a machine; then the middle of what that gives. */
export function paired(
  ours: readonly number[],
  theirs: readonly number[],
  compare: (ours: number, theirs: number) => number,
): Spread {
  return spreadOf(
    ours.map((value, round) => {
      const other = theirs[round];
      if (other === undefined) throw new Error("a round measures both");
      return compare(value, other);
    }),
  );
}

export const ratio = (ours: number, theirs: number) => ours / theirs;
export const difference = (ours: number, theirs: number) => ours - theirs;
