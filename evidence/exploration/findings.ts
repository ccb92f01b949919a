import type { Clause } from "../../test/support/engine-stores.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { type Configuration, type Exploration, explore } from "./explore.ts";

export type Explored = { readonly configuration: Configuration } & Exploration;

/** Explores every configuration that is asked for. */
export async function exploreAll(
  configurations: readonly (() => Configuration)[] = CONFIGURATIONS,
  tell: (done: Explored) => void = () => undefined,
): Promise<readonly Explored[]> {
  const explored: Explored[] = [];
  for (const make of configurations) {
    const configuration = make();
    const done = { ...(await explore(configuration)), configuration };
    explored.push(done);
    tell(done);
  }
  return explored;
}

export type Finding = {
  readonly configuration: string;
  readonly promise: string;
  readonly schedule: readonly string[];
};

/** The first promise that is broken in one of these, explored one after another. */
export async function firstBroken(
  configurations: readonly Configuration[],
  removed?: Clause,
): Promise<Finding | undefined> {
  for (const configuration of configurations) {
    const { broken } = await explore(configuration, { removed });
    if (broken !== undefined) return { configuration: configuration.name, ...broken };
  }
  return undefined;
}

/** By which call of a port a write is made, where it has another name. */
const CALLED: Readonly<Record<string, string>> = {
  takeTurnWithTicket: "takeTurn",
  restartFailures: "addFailure",
};

/**
 * Explores with one condition removed until a promise breaks: in the configurations that make its write, the smallest first. Nothing is found where
 * every one of their interleavings keeps every promise without it.
 */
export function findingWithout(
  clause: Clause,
  explored: readonly Explored[],
): Promise<Finding | undefined> {
  const write = `${clause.store}.${CALLED[clause.write] ?? clause.write}`;
  const candidates = explored
    .filter(({ writes }) => writes.has(write))
    .toSorted((one, other) => one.states - other.states)
    .map(({ configuration }) => configuration);
  return firstBroken(candidates, clause);
}

/** Steps that a reader needs no word of: they touch nothing. */
const UNSEEN = ["start", "check", "resend", "cancel", "operator", "the provider answers"];

/** A schedule as text: without the history, and with steps of one actor in a row as one part. */
export function inWords(schedule: readonly string[]): string {
  const parts: { readonly actor: string; readonly steps: string[] }[] = [];
  for (const step of schedule) {
    const [actor = "", words] = step.split(": ");
    if (actor === "before" || words === undefined || UNSEEN.includes(words)) continue;
    const last = parts.at(-1);
    if (last?.actor === actor) last.steps.push(words);
    else parts.push({ actor, steps: [words] });
  }
  return parts.map(({ actor, steps }) => `${actor}: ${steps.join(", ")}`).join(" → ");
}
