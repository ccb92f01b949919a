import { type CLIENTS, type Moment, PROMISED } from "./promised.ts";

/** Unverified starts, by scope and by the ten minutes in which they were made. */
export type Counts = Map<string, number>;

export type ClientIndex = 0 | 1 | 2 | 3;

type Client = (typeof CLIENTS)[number];

export function windowsOf({ scopes }: Client, now: Moment) {
  const window = Math.floor(now / PROMISED.unverifiedAreKeptFor);
  const endsAt = (window + 1) * PROMISED.unverifiedAreKeptFor;
  return scopes.map(({ name, max }) => ({ key: `${name} in ${window}`, max, endsAt }));
}

/** Books one send in each of its windows, or in none, and then says until when those are closed that have no room. */
export function countSend(
  counts: Counts,
  windows: ReturnType<typeof windowsOf>,
): readonly Moment[] {
  const full = windows.filter(({ key, max }) => (counts.get(key) ?? 0) >= max);
  if (full.length === 0) for (const { key } of windows) counts.set(key, (counts.get(key) ?? 0) + 1);
  return full.map(({ endsAt }) => endsAt);
}

export function bookApproval(counts: Counts, windows: readonly string[]): void {
  for (const window of windows) {
    const unverified = counts.get(window) ?? 0;
    counts.set(window, unverified - PROMISED.decrements.narrow);
  }
}
