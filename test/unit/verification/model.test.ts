import fc from "fast-check";
import { expect, it } from "vitest";
import { failuresBefore, histories } from "../../property/histories.ts";
import { play } from "../../property/play.ts";
import { aSystem } from "../../property/systems.ts";
import { memoryStores } from "../../support/memory-stores.ts";

/** What test/property/model.test.ts plays over the table and with other histories each time. These are the same each time, so mutation tests use them. */
it("the use cases answer, store and send as the model does, in 150 histories that never change", async () => {
  const property = fc.asyncProperty(histories, failuresBefore, async (steps, failed) => {
    const model = await play(steps, [aSystem(() => memoryStores())], failed);
    expect(model.now).toBeGreaterThan(0);
  });
  await fc.assert(property, { numRuns: 150, seed: 20_260_801 });
});
