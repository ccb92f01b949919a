import { spendTermsOf } from "../../infra/sending-terms.ts";
import type { Stage } from "../../infra/stages.ts";
import type { RunningEngine } from "../../test/support/engine-tables.ts";
import { seeded } from "../simulation/seeded.ts";
import { aContainer } from "./container.ts";
import type { Mix } from "./mixes.ts";
import { type Recorder, record, type Touch } from "./recorder.ts";

/** What one item, or the mean of a counter's shards, takes when all containers do as the one that was played. */
export type ItemLoad = {
  /** `scope#service`, `number`: what the item is, without whose. */
  readonly kind: string;
  readonly shards: number;
  readonly writeUnitsPerSecond: number;
  readonly readUnitsPerSecond: number;
};

export type MixLoad = {
  readonly mix: Mix;
  readonly requestsPerSecond: number;
  /** The hottest first; only items that more than one request touched. */
  readonly items: readonly ItemLoad[];
  readonly writeUnitsPerRequest: number;
  readonly readUnitsPerRequest: number;
};

/** As many as an account runs at a time, of all functions, unless AWS has raised it; and so the most that ask about one item. */
const CONTAINERS = 1_000;

export type Play = {
  readonly requestsPerSecond: number;
  /** Turns of honest mixes; nothing in them changes with time. */
  readonly honestTurns: number;
  /** How long an attack is played. A whole number of the seconds for which refusals are remembered. */
  readonly attackSeconds: number;
};

/** An engine whose commands are noted. */
export type Ground = Pick<RunningEngine, "freshTable"> & { readonly recorder: Recorder };

export async function groundOn(engine: RunningEngine): Promise<Ground> {
  const { client } = await engine.freshTable();
  return { freshTable: engine.freshTable, recorder: record(client) };
}

/**
 * Plays a mix on one container out of a thousand alike, each at its share of the rate, against a real engine: the deployed expressions through
 * the deployed adapters. What the container writes to an item that all requests have in common, all others write too.
 */
export async function play(
  mix: Mix,
  { freshTable, recorder }: Ground,
  stage: Stage,
  { requestsPerSecond, honestTurns, attackSeconds }: Play,
): Promise<MixLoad> {
  const random = seeded(8);
  const deps = aContainer(await freshTable(), stage, random);
  const target = (await mix.prepare?.({ deps, random })) ?? {};
  recorder.clear();
  const secondsPerTurn = (CONTAINERS * mix.requests) / requestsPerSecond;
  const turns = mix.isHostile ? Math.round(attackSeconds / secondsPerTurn) : honestTurns;
  for (let index = 0; index < turns; index += 1) {
    recorder.begin(index);
    await mix.turn({ deps, random, index, target });
    deps.time.now += secondsPerTurn * 1_000;
  }
  return loadOf(mix, recorder.touches, stage, {
    turns,
    requestsPerSecond,
    seconds: turns * secondsPerTurn,
  });
}

type Played = {
  readonly turns: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
};

function loadOf(
  mix: Mix,
  touches: readonly Touch[],
  stage: Stage,
  { turns, requestsPerSecond, seconds }: Played,
): MixLoad {
  const requests = turns * mix.requests;
  const perSecond = (some: readonly Touch[], isWrite: boolean) =>
    (CONTAINERS * unitsOf(some, isWrite)) / seconds;
  const groups = [...Map.groupBy(touches, ({ pk }) => baseOf(pk))];
  const items = groups
    .filter(([, some]) => new Set(some.map(({ request }) => request)).size > 1)
    .map(([base, some]) => {
      const shards = shardsIn(base, stage);
      return {
        kind: kindOf(base),
        shards,
        writeUnitsPerSecond: perSecond(some, true) / shards,
        readUnitsPerSecond: perSecond(some, false) / shards,
      };
    });
  return {
    mix,
    requestsPerSecond,
    items: items.toSorted((one, other) => heat(other) - heat(one)),
    writeUnitsPerRequest: unitsOf(touches, true) / requests,
    readUnitsPerRequest: unitsOf(touches, false) / requests,
  };
}

/** The units written, or read. */
export function unitsOf(touches: readonly Touch[], isWrite: boolean): number {
  return touches
    .filter((touch) => touch.isWrite === isWrite)
    .reduce((sum, { units }) => sum + units, 0);
}

/** The share of what one item of DynamoDB takes. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
export function heat({ writeUnitsPerSecond, readUnitsPerSecond }: ItemLoad): number {
  return writeUnitsPerSecond / ITEM.writeUnits + readUnitsPerSecond / ITEM.readUnits;
}

export const ITEM = { writeUnits: 1_000, readUnits: 3_000 } as const;

/** The name of an item without its shard: all shards of a day's counters are one thing that chance spreads. */
function baseOf(pk: string): string {
  return pk.startsWith("spend#") ? pk.replace(/#\d+$/, "") : pk;
}

function shardsIn(base: string, stage: Stage): number {
  return base.startsWith("spend#") ? spendTermsOf(stage).shards : 1;
}

function kindOf(base: string): string {
  const [kind = "", name = ""] = base.split("#");
  return kind === "scope" ? name : kind;
}
