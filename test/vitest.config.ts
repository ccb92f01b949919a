import { join } from "node:path";
import { defineConfig } from "vitest/config";

const CHECK_EVERY_ANSWER = join(import.meta.dirname, "support/check-every-answer.ts");
const INSTALL = join(import.meta.dirname, "install.ts");

/** The sources, so that tests need no build. */
const SERVER = join(import.meta.dirname, "../server/src");
const SOURCES = [
  { find: /^@latchkey\/server$/, replacement: join(SERVER, "index.ts") },
  { find: /^@latchkey\/server\/([\w-]+)$/, replacement: join(SERVER, "$1.ts") },
];

/**
 * One project a kind of test: whether its tests talk to the whole system, and whether its files share a process. Those that share load the CDK and the
 * SDK once, and run set-up files anew: what a set-up file remembers lies outside its module.
 */
const KINDS = {
  unit: { isOnSystem: false, isShared: true },
  property: { isOnSystem: false, isShared: true },
  contract: { isOnSystem: false, isShared: true },
  race: { isOnSystem: false, isShared: true },
  faults: { isOnSystem: false, isShared: false },
  infra: { isOnSystem: false, isShared: true },
  cli: { isOnSystem: true, isShared: true },
  local: { isOnSystem: true, isShared: true },
  attacks: { isOnSystem: true, isShared: true },
  exploration: { isOnSystem: false, isShared: true },
  fuzz: { isOnSystem: true, isShared: false },
  docs: { isOnSystem: true, isShared: true },
  browser: { isOnSystem: true, isShared: true },
} as const;

/** The only limits on time in all tests. They end what hangs; a machine with too much to do comes nowhere near them. */
const TEST_MILLISECONDS = 600_000;
export const POLL_MILLISECONDS = 300_000;

export default defineConfig({
  test: {
    projects: Object.entries(KINDS).map(([name, { isOnSystem, isShared }]) => ({
      resolve: { alias: SOURCES },
      test: {
        name,
        root: import.meta.dirname,
        include: [`${name}/**/*.test.ts`],
        isolate: !isShared,
        globalSetup: INSTALL,
        // Garbage that threads collect side by side costs a synthesis a sixth more CPU time. Other tests show no difference.
        execArgv: name === "infra" ? ["--single-threaded-gc"] : [],
        // Node's own imports: with Vite's, each use of an import is a property that is read, a seventh of the CPU time of long computations.
        experimental: { viteModuleRunner: !["property", "exploration"].includes(name) },
        setupFiles: isOnSystem ? [CHECK_EVERY_ANSWER] : [],
        testTimeout: TEST_MILLISECONDS,
        hookTimeout: TEST_MILLISECONDS,
        expect: { requireAssertions: true, poll: { timeout: POLL_MILLISECONDS, interval: 20 } },
      },
    })),
  },
});
