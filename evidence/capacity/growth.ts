import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Item } from "../../functions/adapters/dynamodb/table.ts";
import { check } from "../../functions/verification/check.ts";
import { start } from "../../functions/verification/start.ts";
import { aStart, type Deps, idIn, newestCode } from "../../test/support/deps.ts";
import type { EngineTable, RunningEngine } from "../../test/support/engine-tables.ts";
import { childRss } from "../endurance/child-memory.ts";
import { drawNumber, ipv4, UK_MOBILES } from "../simulation/numbers.ts";
import { type Seeded, seeded } from "../simulation/seeded.ts";
import { aContainer } from "./container.ts";
import { type Recorder, record } from "./recorder.ts";
import { stageFor } from "./stage.ts";

/** A table with so many items, as measured beside the smallest. */
export type Grown = {
  readonly items: number;
  readonly fillSeconds: number;
  /** What the emulator takes of the machine with it. */
  readonly engineBytes: number | undefined;
  readonly milliseconds: readonly number[];
  /** Of the smallest table, each in the same round. */
  readonly besideMilliseconds: readonly number[];
  readonly writeUnits: number;
  readonly readUnits: number;
};

export type GrowthOptions = {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
};

const KEY = "a key of many characters";
/** Twenty-five are the most that a batch takes. */
const BATCH = 25;
const BATCHES_AT_ONCE = 8;

type Ready = { readonly deps: Deps; readonly recorder: Recorder; readonly random: Seeded };

/** One verification, start and check, on tables of more and more items, in turn with the smallest: the deployed expressions, timed at the adapters. */
export async function growth(
  engine: RunningEngine,
  { sizes, rounds, onProgress }: GrowthOptions,
): Promise<readonly Grown[]> {
  const [smallest = 0, ...larger] = sizes;
  const { client } = await engine.freshTable();
  const recorder = record(client);
  const shapes = await shapesOf(engine, recorder);
  const small = await filled(engine, shapes, smallest);
  const ready = (table: EngineTable, seed: number): Ready => {
    const random = seeded(seed);
    return {
      deps: aContainer(table, stageFor(50), random, { isCaching: true }),
      recorder,
      random,
    };
  };
  const base = ready(small.table, 1);
  const grown: Grown[] = [];
  for (const [index, items] of [smallest, ...larger].entries()) {
    onProgress(`a table of ${items.toLocaleString("en-US")} items …`);
    const { table, fillSeconds } = await filled(engine, shapes, items);
    grown.push({
      items,
      fillSeconds,
      engineBytes: childRss(),
      ...(await measured(base, ready(table, 2 + index), rounds)),
    });
  }
  return grown;
}

async function measured(base: Ready, one: Ready, rounds: number) {
  const milliseconds: number[] = [];
  const besideMilliseconds: number[] = [];
  await timed(base);
  await timed(one);
  one.recorder.clear();
  let writeUnits = 0;
  let readUnits = 0;
  for (let round = 1; round <= rounds; round += 1) {
    // The order changes each time.
    const order = round % 2 === 0 ? [base, one] : [one, base];
    for (const ready of order) {
      ready.recorder.clear();
      const took = await timed(ready);
      if (ready === base) besideMilliseconds.push(took);
      else {
        milliseconds.push(took);
        writeUnits += unitsOf(ready, true);
        readUnits += unitsOf(ready, false);
      }
    }
  }
  return {
    milliseconds,
    besideMilliseconds,
    writeUnits: writeUnits / rounds,
    readUnits: readUnits / rounds,
  };
}

function unitsOf({ recorder }: Ready, isWrite: boolean): number {
  return recorder.touches
    .filter((touch) => touch.isWrite === isWrite)
    .reduce((sum, { units }) => sum + units, 0);
}

let verification = 0;

async function timed({ deps, random }: Ready): Promise<number> {
  verification += 1;
  const to = drawNumber(UK_MOBILES, random);
  const began = performance.now();
  const started = await start(
    deps,
    aStart({ to, clientAddress: ipv4(verification), idempotencyKey: `${KEY} ${verification}` }),
  );
  if (started.kind !== "started") throw new Error(`the start was refused: ${started.why}`);
  await check(deps, { id: idIn(started.view.id), code: newestCode(deps) });
  return performance.now() - began;
}

/** The items that one verification leaves behind, as they lie in the table. */
async function shapesOf(engine: RunningEngine, recorder: Recorder): Promise<readonly Item[]> {
  const table = await engine.freshTable();
  const random = seeded(7);
  await timed({
    deps: aContainer(table, stageFor(50), random, { isCaching: true }),
    recorder,
    random,
  });
  const items = await table.items();
  return items.filter(({ pk }) =>
    /^(?:verification|number|start|scope#(?:ipv4|range))#/.test(String(pk)),
  );
}

async function filled(engine: RunningEngine, shapes: readonly Item[], items: number) {
  const table = await engine.freshTable();
  const began = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items) {
      const from = next;
      next += BATCH;
      const count = Math.min(BATCH, items - from);
      await put(
        table,
        Array.from({ length: count }, (_, index) => shaped(shapes, from + index)),
      );
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, work));
  return { table, fillSeconds: (performance.now() - began) / 1_000 };
}

/** An item of another person: the same but for its key. */
function shaped(shapes: readonly Item[], index: number): Item {
  const shape = shapes[index % shapes.length] ?? {};
  return { ...shape, pk: `${shape["pk"]}~${index}` };
}

async function put(
  { client, name }: { readonly client: DynamoDBDocumentClient; readonly name: string },
  items: readonly Item[],
): Promise<void> {
  const { UnprocessedItems = {} } = await client.send(
    new BatchWriteCommand({
      RequestItems: { [name]: items.map((Item) => ({ PutRequest: { Item } })) },
    }),
  );
  // Engines on this machine take all that they are given.
  if (Object.keys(UnprocessedItems).length > 0) throw new Error("an engine left items out");
}
