import { describe, it } from "vitest";
import { PORT_FACTS } from "./facts/all.ts";
import { memoryGround } from "./facts/ground.ts";

describe("the stores in memory", () => {
  it.each(Object.entries(PORT_FACTS))("%s", async (_, show) => show(memoryGround()));
});
