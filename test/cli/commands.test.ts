import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { progressOf } from "../../cli/terminal.ts";
import manifest from "../../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");
const ENTRY = join(ROOT, manifest.bin.latchkey);

function latchkey(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

/** Programs of other packages read their own flags. */
const isOurs = ([, { program }]: (typeof ENTRIES)[number]) =>
  !program[0].startsWith("node_modules/");
const ENTRIES = Object.entries(COMMANDS);
const OWN = ENTRIES.filter(isOurs);
/** Others are imported too, and do nothing then. */
const hasNoOtherUse = (program: string) =>
  !readFileSync(join(ROOT, program), "utf8").includes("import.meta.main");

describe("latchkey", () => {
  it.each([[], ["--help"]])("lists every command with one line (%j)", (...args) => {
    const { status, stdout } = latchkey(...args);
    expect(status).toBe(0);
    const lines = stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
    for (const [name, { summary }] of ENTRIES) expect(lines).toContainEqual([name, summary]);
  });

  it("refuses an unknown command with the list and exit code 2", () => {
    for (const name of ["reveal", "toString"]) {
      const { status, stderr } = latchkey(name);
      expect(status).toBe(2);
      expect(stderr).toContain(`There is no command ${name}.`);
      expect(stderr).toContain(COMMANDS.checklist.summary);
    }
  });

  it("has a command for every npm script, with the same program", () => {
    const programs = Object.entries(COMMANDS).map(([name, { program }]) => [name, program[0]]);
    const own = Object.entries(manifest.scripts).map(([name, line]) => [
      name,
      line.split(" ").find((word) => word.endsWith(".ts")),
    ]);
    for (const [name, file] of own)
      if (file === undefined) expect(Object.keys(COMMANDS)).toContain(name);
      else expect(programs).toContainEqual([name, file]);
  });

  it.each(["synth", "openapi", "build:cdk"])(
    "%s --help prints its usage and does nothing",
    (name) => {
      const { status, stdout } = latchkey(name, "--help");
      expect([status, stdout]).toEqual([0, expect.stringMatching(name.split(":")[0] ?? "")]);
    },
  );

  it("--help prints the usage of each command, which does nothing else", () => {
    const programs = [...new Set(OWN.map(([, { program }]) => program[0]))].filter(hasNoOtherUse);
    expect(programs.length).toBeGreaterThan(20);
    // One process imports all programs, each with this argument: a process a program takes half a minute.
    const each = programs.map((program) => `console.log("\\0");await import("./${program}");`);
    const args = ["--input-type=module", "-e", each.join(""), "program", "--help"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
    expect(status).toBe(0);
    const usages = stdout.split("\0\n").slice(1);
    const wrong = programs.filter((_, index) => !/^npm (run )?[\w:]+/.test(usages[index] ?? ""));
    expect(wrong).toEqual([]);
  });

  // All of them read their flags by the one function that has just printed their usage.
  it("bench refuses an unknown flag with a sentence and exit code 2", () => {
    const { status, stdout, stderr } = latchkey("bench", "--nonsense");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Unknown option '--nonsense'");
  });
});

describe("progress", () => {
  it("shows the place of a step, and the time left from the mean of those that ended", () => {
    const lines: string[] = [];
    let milliseconds = 0;
    const step = progressOf(3, {
      now: () => milliseconds,
      write: (line) => void lines.push(stripVTControlCharacters(line)),
    });
    step("cold");
    milliseconds = 30_000;
    step("warm");
    milliseconds = 400_000;
    step("load");
    expect(lines).toEqual([
      "  1 of 3: cold …\n",
      "  2 of 3: warm, about 60 s left …\n",
      "  3 of 3: load, about 3 min left …\n",
    ]);
  });
});
