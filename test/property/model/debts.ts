import { type CLIENTS, type Moment, PROMISED } from "./promises.ts";

/** Unproven starts, by scope and by the ten minutes in which they were made. */
export type Debts = Map<string, number>;

export type ClientIndex = 0 | 1 | 2 | 3;

type Client = (typeof CLIENTS)[number];

export function windowsOf({ scopes }: Client, now: Moment) {
  const window = Math.floor(now / PROMISED.debtIsKeptFor);
  const endsAt = (window + 1) * PROMISED.debtIsKeptFor;
  return scopes.map(({ name, floor }) => ({ key: `${name} in ${window}`, floor, endsAt }));
}

/** Books one send in each of its windows, or in none, and then says until when those are closed that have no room. */
export function bookSend(debts: Debts, windows: ReturnType<typeof windowsOf>): readonly Moment[] {
  const full = windows.filter(({ key, floor }) => (debts.get(key) ?? 0) >= floor);
  if (full.length === 0) for (const { key } of windows) debts.set(key, (debts.get(key) ?? 0) + 1);
  return full.map(({ endsAt }) => endsAt);
}

export function bookApproval(debts: Debts, windows: readonly string[]): void {
  for (const window of windows) {
    const debt = debts.get(window) ?? 0;
    debts.set(window, debt - PROMISED.startsThatAnApprovalPaysFor);
  }
}
