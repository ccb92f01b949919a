import { dim } from "../../cli/terminal.ts";

/** The middle of a sample, and the middle half of it. */
export type Spread = { readonly value: number; readonly low: number; readonly high: number };

/** What a name measured, one value a round. */
export type Measured<Value> = (name: string) => readonly Value[];

/**
 * Measures everything once a round, in turn, so that a busy minute hits all alike. Every round begins with another one, and the first round is
 * thrown away: it reads files that lie in no cache yet.
 */
export async function inTurn<Value>(
  names: readonly string[],
  rounds: number,
  measure: (name: string) => Promise<Value>,
): Promise<Measured<Value>> {
  const measured = new Map<string, Value[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    if (process.stderr.isTTY) process.stderr.write(dim(`\r  round ${round} of ${rounds} `));
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const value = await measure(name);
      if (round > 0) measured.get(name)?.push(value);
    }
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  return (name) => measured.get(name) ?? [];
}

/** The value below which `share` of a sample lies, between its two neighbors where it falls between them. */
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
    value: quantile(sample, 0.5),
    low: quantile(sample, 0.25),
    high: quantile(sample, 0.75),
  };
}

/** Compares round by round, since neighbors in time have the same machine; then the middle of what that gives. */
export function paired(
  ours: readonly number[],
  theirs: readonly number[],
  compare: (ours: number, theirs: number) => number = (one, other) => one / other,
): Spread {
  return spreadOf(
    ours.map((value, round) => {
      const other = theirs[round];
      if (other === undefined) throw new Error("a round measures both");
      return compare(value, other);
    }),
  );
}

const MEBIBYTE = 1_048_576;

export const whole = (count: number) => Math.round(count).toLocaleString("en-US");
export const mebibytes = (bytes: number) => bytes / MEBIBYTE;

/** `2.47 (2.40–2.55)`: the median and the middle half of a sample. */
export function spread(sample: Spread | readonly number[], digits = 1): string {
  const { value, low, high } = "value" in sample ? sample : spreadOf(sample);
  return `${value.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}
