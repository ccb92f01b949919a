import { dim } from "../../cli/terminal.ts";

/** What each name measured, one value a round. */
export type Measured<Name extends string, Value> = Readonly<Record<Name, readonly Value[]>>;

/**
 * Measures everything once a round, in turn, so that a busy minute hits all alike. Every round begins with another one, and the first round is
 * thrown away: it reads files that lie in no cache yet.
 */
export async function inTurn<Name extends string, Value>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<Value>,
): Promise<Measured<Name, Value>> {
  const measured = new Map<Name, Value[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    if (process.stderr.isTTY) process.stderr.write(dim(`\r  round ${round} of ${rounds} `));
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const value = await measure(name);
      if (round > 0) measured.get(name)?.push(value);
    }
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  return byName(names, (name) => measured.get(name) ?? []);
}

export function byName<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  const entries = names.map((name) => [name, make(name)]);
  return Object.fromEntries(entries);
}
