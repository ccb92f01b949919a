/**
 * `npm test`: every check there is, one line each as it ends. Stops at nothing, so that one run tells all that is wrong.
 * `npm test -- unit race` runs only those.
 */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { PROJECT } from "../infra/place.ts";
import { installFor } from "./install.ts";

type Step = { readonly name: string; readonly command: readonly string[] };
type Outcome = { readonly passed: number; readonly failed: number; readonly skipped: number };

const reportOf = (name: string): string =>
  join(tmpdir(), `latchkey-tests-${process.pid}-${name}.json`);

const vitest = (project: string) => [
  ...["vitest", "run", "--config=test/vitest.config.ts", `--project=${project}`],
  ...["--reporter=dot", "--reporter=json", `--outputFile.json=${reportOf(project)}`],
];

const tests = (name: string): Step => ({ name, command: vitest(name) });

/** The longest first, so that no long one is left at the end beside a core without work. */
const STEPS: readonly Step[] = [
  ...["infra", "attacks", "local", "property", "browser", "exploration", "faults"].map(tests),
  ...["unit", "cli", "docs", "race", "contract", "fuzz"].map(tests),
  { name: "types", command: ["tsc"] },
  { name: "typed lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  { name: "format and lint", command: ["biome", "ci", "--error-on-warnings", "."] },
  { name: "unused code", command: ["knip"] },
  { name: "types of examples", command: ["tsc", "-p", "examples"] },
  { name: "types of the client", command: ["tsc", "-p", "client", "--noEmit"] },
  { name: "types of the server", command: ["tsc", "-p", "server", "--noEmit"] },
];
const nameOf = ({ name }: Step) => name;

/** Two more than there are cores: tests wait now and then, for a browser, a timer or an answer. */
const SIDE_BY_SIDE = availableParallelism() + 2;

/** Tests start some two hundred programs of the project: each module is stripped of its types and compiled once. */
const NODE_COMPILE_CACHE = join(PROJECT, ".build/compile-cache");
const PATH = join(PROJECT, "test/lint/node_modules/.bin") + delimiter + process.env["PATH"];
/** Compilers written in Go then collect garbage less often: a fifth of their CPU time, for a twentieth more memory. */
const GOGC = "400";
const env = { ...process.env, PATH, NODE_COMPILE_CACHE, GOGC };

function run([program = "", ...args]: readonly string[]): Promise<{
  readonly code: number;
  readonly output: string;
}> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: string[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: chunks.join("") }));
  });
}

/** What a test run reported; a step without tests counts as one. */
function outcomeOf(name: string, code: number): Outcome {
  try {
    const report: unknown = JSON.parse(readFileSync(reportOf(name), "utf8"));
    const count = (name: string): number => {
      const value: unknown = Object(report)[name];
      return typeof value === "number" ? value : 0;
    };
    const failed = count("numFailedTests");
    // A suite that fails to load reports no test, and a run that ends badly has failed whatever it counted.
    return {
      passed: count("numPassedTests"),
      failed: code === 0 ? failed : Math.max(1, failed),
      skipped: count("numPendingTests"),
    };
  } catch {
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  } finally {
    rmSync(reportOf(name), { force: true });
  }
}

async function runStep({ name, command }: Step): Promise<Outcome> {
  const startedAt = performance.now();
  await installFor([name]);
  const { code, output } = await run(command);
  const outcome = outcomeOf(name, code);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : "";
  const counts = command[0] === "vitest" ? `${outcome.passed} tests${skipped}` : "";
  console.log(`${code === 0 ? "✓" : "✗"} ${name.padEnd(19)} ${seconds} s  ${counts}`);
  const told =
    code === 0
      ? output
          .split("\n")
          .filter((line) => line.includes("SKIPPED:"))
          .join("\n")
      : output;
  if (told.trim() !== "") console.log(told);
  return outcome;
}

await runCommand(async () => {
  const help = `npm test -- [${STEPS.map(nameOf).join("|")} …]`;
  const { positionals: wanted } = argumentsOf({ help, takesWords: true, options: {} });
  const isAsked = ({ name }: Step) => wanted.length === 0 || wanted.includes(name);
  const left = STEPS.filter(isAsked);
  const outcomes: Outcome[] = [];
  const runOneByOne = async () => {
    for (let step = left.shift(); step !== undefined; step = left.shift())
      outcomes.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runOneByOne));
  const sum = (count: keyof Outcome) =>
    outcomes.reduce((total, outcome) => total + outcome[count], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") === 0 && outcomes.length > 0 ? 0 : 1;
});
