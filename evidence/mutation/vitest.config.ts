import { defineConfig } from "vitest/config";

/** The tests of one group of `groups.ts`: main.ts names their globs in this variable, one behind another with commas. */
const { MUTATION_TESTS = "" } = process.env;

export default defineConfig({
  test: {
    include: MUTATION_TESTS.split(","),
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { requireAssertions: true },
  },
});
