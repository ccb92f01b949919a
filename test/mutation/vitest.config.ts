import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { GROUPS } from "./groups.ts";

/** The tests of the group that is mutated, in one project without isolation: a mutant costs one load of the code and not one for each file. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, ".."),
    include: [...(GROUPS[process.env["LATCHKEY_MUTATED"] ?? ""]?.tests ?? [])],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    isolate: false,
    expect: { requireAssertions: true },
  },
});
