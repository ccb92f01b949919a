import { join } from "node:path";
import { defineConfig } from "vitest/config";

const CHECK_EVERY_ANSWER = join(import.meta.dirname, "support/check-every-answer.ts");

/** The sources, so that tests need no build. */
const SERVER = join(import.meta.dirname, "../server/src/index.ts");

/** Kinds whose tests talk to the whole system. */
const ON_THE_SYSTEM: readonly string[] = ["cli", "local", "attacks", "fuzz", "docs", "browser"];

/** One project a kind of test; each has the time that its slowest honest test needs on two cores. */
const KINDS = {
  unit: { timeoutMs: 10_000 },
  property: { timeoutMs: 120_000 },
  contract: { timeoutMs: 60_000 },
  race: { timeoutMs: 120_000 },
  faults: { timeoutMs: 120_000 },
  infra: { timeoutMs: 120_000 },
  cli: { timeoutMs: 60_000 },
  local: { timeoutMs: 120_000 },
  attacks: { timeoutMs: 120_000 },
  exploration: { timeoutMs: 120_000 },
  fuzz: { timeoutMs: 120_000 },
  docs: { timeoutMs: 120_000 },
  browser: { timeoutMs: 120_000 },
} as const;

export default defineConfig({
  test: {
    projects: Object.entries(KINDS).map(([name, { timeoutMs }]) => ({
      resolve: { alias: { "@latchkey/server": SERVER } },
      test: {
        name,
        root: import.meta.dirname,
        include: [`${name}/**/*.test.ts`],
        setupFiles: ON_THE_SYSTEM.includes(name) ? [CHECK_EVERY_ANSWER] : [],
        testTimeout: timeoutMs,
        hookTimeout: 120_000,
        expect: { requireAssertions: true },
      },
    })),
  },
});
