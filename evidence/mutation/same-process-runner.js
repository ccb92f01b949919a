/**
 * A test runner for Stryker that runs vitest's tests in the process that asks for them. The usual one starts a worker and loads the code and its
 * libraries again for each mutant, a second of work to run tests of a few milliseconds; here only test files are loaded again, twenty times faster,
 * and the code beside them only for mutants that act while it is loaded. In JavaScript, since what it holds together has no types.
 */
import { globSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const NAMES = " > ";

/** What vitest's runtime asks of the process that it thinks it is in. */
const CONFIG = {
  root: process.cwd(),
  testTimeout: 20_000,
  hookTimeout: 20_000,
  includeTaskLocation: true,
  expect: { requireAssertions: true },
  experimental: { viteModuleRunner: false, importDurations: { limit: 0 } },
  sequence: { shuffle: false, concurrent: false, seed: 1, hooks: "stack", setupFiles: "list" },
  snapshotOptions: {
    updateSnapshot: "none",
    snapshotEnvironment: {
      getVersion: () => "1",
      getHeader: () => "",
      resolvePath: async (path) => `${path}.snap`,
      resolveRawPath: async (path) => path,
      readSnapshotFile: async () => null,
      saveSnapshotFile: async () => undefined,
      removeSnapshotFile: async () => undefined,
    },
  },
  maxConcurrency: 1,
  retry: 0,
  repeats: 0,
  setupFiles: [],
  fakeTimers: {},
  tags: [],
  benchmark: { enabled: false },
  allowOnly: true,
  isolate: false,
  name: "",
};

const TRACES = { $: (_name, options, work) => (work ?? options)({ setAttribute() {} }) };

/** Calls to the process that usually starts vitest's workers: nobody is there, and nothing is asked that would need an answer. */
const nobody = new Proxy({}, { get: (_, name) => (name === "then" ? undefined : async () => {}) });

function provideWorker() {
  globalThis.__vitest_worker__ = {
    ctx: { pool: "threads", projectName: "" },
    config: CONFIG,
    environment: { name: "node" },
    rpc: nobody,
    durations: { environment: 0, prepare: 0, fetch: 0 },
    onCancel() {},
    onCleanup() {},
    metaEnv: process.env,
    providedContext: {},
    moduleExecutionInfo: new Map(),
    dependencies: new Set(),
    onFilterStackTrace: (stack) => stack,
  };
}

function namesOf(task) {
  return task.suite === undefined ? [task.name] : [...namesOf(task.suite), task.name];
}

/** Without the load that it was imported by. */
function fileOf(test) {
  return test.file.filepath.replace(/\?load=\d+$/, "");
}

function idOf(test) {
  return `${relative(process.cwd(), fileOf(test))}#${namesOf(test).join(NAMES)}`;
}

function testsOf(task) {
  return task.type === "test" ? [task] : task.tasks.flatMap(testsOf);
}

/** How a test ended, in Stryker's words. A test that was left out has no end. */
function resultOf(test, skipped) {
  const { state, duration = 0, errors = [] } = test.result ?? {};
  const about = {
    id: idOf(test),
    name: namesOf(test).join(NAMES),
    timeSpentMs: duration,
    fileName: resolve(fileOf(test)),
    startPosition: test.location && {
      line: test.location.line - 1,
      column: test.location.column - 1,
    },
  };
  if (state === "pass") return { ...about, status: STATUS.success };
  const isLeftOut = skipped.has(test) || test.file.result?.state !== "fail";
  if (state !== "fail" && isLeftOut) return { ...about, status: STATUS.skipped };
  const failureMessage = errors[0]?.message ?? "its file or suite failed";
  return { ...about, status: STATUS.failed, failureMessage };
}

/** `TestStatus` of Stryker's API. */
const STATUS = { success: 0, failed: 1, skipped: 2 };

/** A mutant that was run so often is an endless loop: the test that runs code most draws a million codes. */
const MOST_HITS = 5_000_000;

class SameProcessRunner {
  #stryker = {};
  #load = 0;
  /** Of which load the code is that test files import. */
  #generation = 0;
  /** How many mutants each test file has found: those that find most are asked first. */
  #found = new Map();

  constructor(testFiles) {
    this.testFiles = testFiles;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    provideWorker();
    const ours = pathToFileURL(`${process.cwd()}/`).href;
    registerHooks({
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context);
        const isOurs = resolved.url.startsWith(ours) && !resolved.url.includes("?");
        return isOurs
          ? { ...resolved, url: `${resolved.url}?generation=${this.#generation}` }
          : resolved;
      },
    });
    globalThis.__stryker__ ??= {};
    this.#stryker = globalThis.__stryker__;
    const { TestRunner } = await import("vitest");
    const { startTests, collectTests } = await import("vitest/internal/browser");
    Object.assign(this, { TestRunner, startTests, collectTests });
    // What an earlier mutant left behind is no news of this one.
    process.on("unhandledRejection", () => undefined);
    process.on("uncaughtException", () => undefined);
    // Everything is loaded before the clock of the first mutant runs.
    for (const file of this.testFiles)
      await this.collectTests([this.#freshly(file)], this.#runner({ isBailing: false }));
  }

  /** A test file as no module cache knows it yet. */
  #freshly(file) {
    this.#load += 1;
    return { filepath: `${resolve(file)}?load=${this.#load}` };
  }

  /** What vitest asks of a runner. `skipped` becomes what was left out. */
  #runner({ filter, isBailing, skipped }) {
    const stryker = this.#stryker;
    class Runner extends this.TestRunner {
      trace = undefined;
      importFile(path) {
        return import(path);
      }
      async onBeforeRunTask(test) {
        if (filter !== undefined && !filter.has(idOf(test))) test.mode = "skip";
        await super.onBeforeRunTask(test);
        if (test.mode === "skip") skipped.add(test);
        else stryker.currentTestId = idOf(test);
      }
      onAfterRunTask(test) {
        super.onAfterRunTask(test);
        stryker.currentTestId = undefined;
        if (isBailing && test.result?.state === "fail") this.cancelRun = true;
      }
    }
    const runner = new Runner(CONFIG);
    runner.__setTraces(TRACES);
    return runner;
  }

  /** Runs one test file, where asked up to its first failure. A file that cannot be loaded is a test that failed. */
  async #runFile(file, how) {
    const skipped = new Set();
    const runner = this.#runner({ ...how, skipped });
    const [suite] = await this.startTests([this.#freshly(file)], runner);
    const tests = testsOf(suite).map((test) => resultOf(test, skipped));
    const [error] = suite.result?.errors ?? [];
    if (error !== undefined && tests.every(({ status }) => status !== STATUS.failed))
      tests.push({
        id: `${file}#`,
        name: file,
        timeSpentMs: 0,
        status: STATUS.failed,
        failureMessage: error.message,
      });
    return tests;
  }

  async dryRun() {
    const tests = [];
    for (const file of this.testFiles)
      tests.push(...(await this.#runFile(file, { isBailing: false })));
    return { status: "complete", tests, mutantCoverage: this.#stryker.mutantCoverage };
  }

  #orderFor(sandboxFileName) {
    const name = basename(sandboxFileName, ".ts");
    const weightOf = (file) =>
      (this.#found.get(file) ?? 0) + (basename(file) === `${name}.test.ts` ? 1_000 : 0);
    return this.testFiles.toSorted((one, other) => weightOf(other) - weightOf(one));
  }

  async mutantRun({ activeMutant, testFilter, sandboxFileName, reloadEnvironment, ...limits }) {
    const stryker = this.#stryker;
    const hitLimit = Math.min(limits.hitLimit ?? MOST_HITS, MOST_HITS);
    const filter = testFilter && new Set(testFilter);
    const files = this.#orderFor(sandboxFileName).filter(
      (file) => filter === undefined || testFilter.some((id) => id.startsWith(`${file}#`)),
    );
    Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: 0 });
    let nrOfTests = 0;
    if (reloadEnvironment) this.#generation = this.#load + 1;
    try {
      for (const file of files) {
        const tests = await this.#runFile(file, { filter, isBailing: true });
        nrOfTests += tests.filter(({ status }) => status !== STATUS.skipped).length;
        if (stryker.hitCount > hitLimit)
          return { status: "timeout", reason: `Run ${stryker.hitCount} times` };
        const failed = tests.find(({ status }) => status === STATUS.failed);
        if (failed === undefined) continue;
        this.#found.set(file, (this.#found.get(file) ?? 0) + 1);
        const { id, failureMessage } = failed;
        return { status: "killed", killedBy: [id], failureMessage, nrOfTests };
      }
      return { status: "survived", nrOfTests };
    } finally {
      stryker.activeMutant = undefined;
      this.#generation = 0;
    }
  }
}

/** By this name Stryker finds what a module brings. Which files are tests, the runner's own options say. */
function createRunner(options) {
  const files = globSync(options.sameProcess.testFiles, { cwd: process.cwd() });
  return new SameProcessRunner(files.sort());
}
createRunner.inject = ["options"];

export const strykerPlugins = [{ kind: "TestRunner", name: "same-process", factory: createRunner }];
