import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PORT_FACTS } from "../contract/facts/all.ts";
import { tableGround } from "../contract/facts/grounds.ts";
import { TABLE_FACTS } from "../contract/facts/tables.ts";
import {
  allClauses,
  type Clause,
  clauseName,
  engineStores,
  engineStoresWithout,
} from "../support/engine-stores.ts";
import { type RunningEngine, runEngine } from "../support/engine-tables.ts";
import { FAILED_BEFORE, FOUND_BY, type FoundBy } from "./found-by.ts";
import { play } from "./play.ts";
import { aSystem } from "./systems.ts";

const FACTS = { ...PORT_FACTS, ...TABLE_FACTS };

function factOf(name: string) {
  const fact = FACTS[name];
  if (fact === undefined) throw new Error(`no fact says: ${name}`);
  return fact;
}

const ROWS = allClauses().map((clause) => {
  const foundBy = FOUND_BY[clauseName(clause)];
  const by = typeof foundBy === "string" ? foundBy : "a history";
  return { clause, foundBy, title: `${clauseName(clause)} → ${by}` };
});

describe("every condition of every write is needed, and its loss is found", () => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await runEngine("dynalite");
  });
  afterAll(() => engine.stop());

  /** Shows what holds with every condition; throws where one is removed that it needs. */
  async function show(foundBy: FoundBy, clause: Clause, removed?: Clause): Promise<void> {
    const ground = await engine.freshTable();
    if (typeof foundBy === "string") return factOf(foundBy)(tableGround(ground, removed));
    const system = aSystem((clock) =>
      removed
        ? engineStoresWithout(removed, ground.table, clock)
        : engineStores(ground.table, clock),
    );
    await play(foundBy, [system], FAILED_BEFORE[clauseName(clause)]);
  }

  it("each has a row, and each row has one", () => {
    expect(Object.keys(FOUND_BY)).toEqual(allClauses().map(clauseName));
  });

  it.each(ROWS)("$title", async ({ clause, foundBy }) => {
    if (foundBy === undefined) throw new Error("this condition has no row");
    await expect(show(foundBy, clause)).resolves.toBeUndefined();
    const fault: unknown = await show(foundBy, clause, clause).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(Error);
    expect(fault).not.toHaveProperty("name", "ValidationException");
  });
});
