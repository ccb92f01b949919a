import { CLIENTS, type Moment, PROMISED } from "./promises.ts";

/** Unproven starts, by scope and by the ten minutes in which they were made. */
export type Debts = Map<string, number>;

export type ClientIndex = 0 | 1 | 2 | 3;

export function windowsOf(client: ClientIndex, now: Moment) {
  const window = Math.floor(now / PROMISED.debtIsKeptFor);
  const endsAt = (window + 1) * PROMISED.debtIsKeptFor;
  return CLIENTS[client].scopes.map(({ name, floor }) => ({
    key: `${name} in ${window}`,
    floor,
    endsAt,
  }));
}

/** Books one start in each of its windows that has room, and says until when those are closed that have none. */
export function bookStart(debts: Debts, windows: ReturnType<typeof windowsOf>): readonly Moment[] {
  return windows.flatMap(({ key, floor, endsAt }) => {
    const debt = debts.get(key) ?? 0;
    if (debt >= floor) return [endsAt];
    debts.set(key, debt + 1);
    return [];
  });
}

export function bookApproval(debts: Debts, windows: readonly string[]): void {
  for (const window of windows) {
    const debt = debts.get(window) ?? 0;
    debts.set(window, debt - PROMISED.startsThatAnApprovalPaysFor);
  }
}
