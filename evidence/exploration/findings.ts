import type { Clause } from "../../test/support/engine-stores.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { type Configuration, type Exploration, explore } from "./explore.ts";
import { MEMORY, tableGround } from "./grounds.ts";

/** A configuration as it is, on one ground. */
export type Explored = {
  readonly configuration: Configuration;
  readonly ground: string;
} & Exploration;

/** Explores every configuration that is asked for on every ground that has what it needs. */
export async function exploreAll(
  configurations: readonly (() => Configuration)[] = CONFIGURATIONS,
  tell: (done: Explored) => void = () => undefined,
): Promise<readonly Explored[]> {
  const explored: Explored[] = [];
  for (const make of configurations) {
    for (const ground of ["memory", "table"] as const) {
      const configuration = make();
      if (configuration.ground === "table" && ground === "memory") continue;
      const found =
        ground === "memory"
          ? await explore(MEMORY, configuration)
          : await explore(tableGround(), configuration);
      const done = { ...found, configuration, ground };
      explored.push(done);
      tell(done);
    }
  }
  return explored;
}

export type Finding = {
  readonly configuration: string;
  readonly promise: string;
  readonly schedule: readonly string[];
};

/** By which call of a port a write is made, where it has another name. */
const CALLED: Readonly<Record<string, string>> = {
  takeTurnWithTicket: "takeTurn",
  restartFailures: "addFailure",
};

/**
 * Explores with one condition removed until a promise breaks: in the configurations that make its write, the smallest first. Nothing is found where
 * every one of their interleavings keeps every promise without it.
 */
export async function findingWithout(
  clause: Clause,
  explored: readonly Explored[],
): Promise<Finding | undefined> {
  const write = `${clause.store}.${CALLED[clause.write] ?? clause.write}`;
  const candidates = explored
    .filter(({ ground, writes }) => ground === "table" && writes.has(write))
    .toSorted((one, other) => one.states - other.states);
  for (const { configuration } of candidates) {
    const { broken } = await explore(tableGround(clause), configuration);
    if (broken !== undefined) return { configuration: configuration.name, ...broken };
  }
  return undefined;
}

/** Steps that a reader needs no word of: they touch nothing. */
const UNSEEN = ["start", "check", "resend", "cancel", "operator", "the provider answers"];

/** A schedule as it is told: what lies before is left out, and what one actor does in a row is one part. */
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
