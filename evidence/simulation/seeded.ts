import type { Random } from "../../functions/verification/ports.ts";

/** Chance that comes out the same in every run of one seed. Never for codes of a deployment. */
export type Seeded = Random & {
  /** True in this share of cases. */
  readonly chance: (share: number) => boolean;
  /** Uniform between the two. */
  readonly between: (least: number, most: number) => number;
  /** Waits between events that know nothing of each other. */
  readonly exponential: (mean: number) => number;
};

/** Mulberry32: 2^32 states, fast, and even enough for crowds. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    integer: (below) => Math.floor(fraction() * below),
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(fraction() * 256)),
    chance: (share) => fraction() < share,
    between: (least, most) => least + fraction() * (most - least),
    exponential: (mean) => -mean * Math.log(1 - fraction()),
  };
}
