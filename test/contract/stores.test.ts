import { it } from "vitest";
import { describeOnEngine } from "../support/engine-tables.ts";
import { PORT_FACTS } from "./facts/all.ts";
import { tableGround } from "./facts/ground.ts";
import { TABLE_FACTS } from "./facts/tables.ts";

describeOnEngine("the stores", ({ freshTable }) => {
  it.each(Object.entries(PORT_FACTS))("%s", async (_, show) =>
    show(tableGround(await freshTable())),
  );
  it.each(Object.entries(TABLE_FACTS))("%s", async (_, show) =>
    show(tableGround(await freshTable())),
  );
});
