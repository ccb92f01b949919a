import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CommandFault } from "../../cli/terminal.ts";

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
/** Git ignores it. */
const KEPT = join(import.meta.dirname, "../../.cache/judges");
const MOST_OUTPUT_BYTES = 64 * 1_024 * 1_024;

/**
 * The folder of programs of a Python environment that has what requirements.txt names, hash by hash; made where it does not exist yet.
 * Throws a `CommandFault` where Python 3.11 with venv is missing, and the fault of pip after its last attempt.
 */
export async function pythonPrograms(): Promise<string> {
  const bytes = await readFile(REQUIREMENTS);
  const home = join(
    KEPT,
    `python-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`,
  );
  const programs = join(home, "bin");
  if (existsSync(join(home, "complete"))) return programs;
  await mkdir(KEPT, { recursive: true });
  const old = (await readdir(KEPT)).filter((name) => name.startsWith("python-"));
  await Promise.all(old.map((name) => rm(join(KEPT, name), { recursive: true })));
  await run("python3", ["-m", "venv", home]).catch((fault: unknown) => {
    throw new CommandFault(
      `Python 3.11 or later with venv is needed (Debian: apt-get install python3-venv): ${String(fault)}`,
    );
  });
  const options = ["--quiet", "--disable-pip-version-check", "--retries=8", "--require-hashes"];
  const what = ["--only-binary", ":all:", "--requirement", REQUIREMENTS];
  await run(join(programs, "pip"), ["install", ...options, ...what]);
  await writeFile(join(home, "complete"), "");
  return programs;
}

type Ended = { readonly code: number; readonly output: string };
type Setting = {
  /** What the program reads. */
  readonly input?: Promise<string> | undefined;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
};

/** Runs a program of the environment to its end. */
export async function runPython(
  program: string,
  args: readonly string[],
  { input, env = {}, cwd }: Setting = {},
): Promise<Ended> {
  const programs = await pythonPrograms();
  const path = `${programs}:${process.env["PATH"]}`;
  return toItsEnd(join(programs, program), args, { input, env: { PATH: path, ...env }, cwd });
}

/** Runs a program to its end. Its output includes what it wrote to stderr where it failed. */
export function toItsEnd(
  program: string,
  args: readonly string[],
  { input, env, cwd }: Setting,
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(
    program,
    args,
    { cwd, env: { ...process.env, ...env }, maxBuffer: MOST_OUTPUT_BYTES },
    (fault, stdout, stderr) =>
      resolve(fault === null ? { code: 0, output: stdout } : { code: 1, output: stdout + stderr }),
  );
  input?.then(
    (text) => child.stdin?.end(text),
    () => child.kill(),
  );
  return promise;
}

/** What the first of these programs that fails prints; nothing where each of them ends well. */
export async function faultOf(folder: string, steps: readonly (readonly string[])[]) {
  for (const [program = "", ...args] of steps) {
    const { code, output } = await toItsEnd(program, args, { cwd: folder });
    if (code !== 0) return output;
  }
  return undefined;
}

/** A program in a module of the Go proxy. */
export type GoProgram = {
  readonly module: string;
  readonly version: string;
  /** The hash of the module's files, as go.sum has it. Its own go.sum has those of what it needs. */
  readonly sum: string;
  /** The package of the program inside of the module. */
  readonly main: string;
};

/** Builds a program unless it is there already, and gives its path. Throws where Go is missing or the module is another than the one with this hash. */
export async function goProgram({ module, version, sum, main }: GoProgram): Promise<string> {
  const args = ["mod", "download", "-json", `${module}@${version}`];
  await mkdir(KEPT, { recursive: true });
  const { output, code } = await toItsEnd("go", args, { cwd: KEPT });
  if (code !== 0)
    throw new CommandFault(`Go is needed (Debian: apt-get install golang): ${output}`);
  const { Sum, Dir } = Object(JSON.parse(output));
  if (Sum !== sum) throw new Error(`${module} has the hash ${Sum}, not ${sum}`);
  const program = join(KEPT, `${main.split("/").at(-1)}-${version}`);
  const built = await toItsEnd("go", ["build", "-o", program, `./${main}`], { cwd: String(Dir) });
  if (built.code !== 0) throw new Error(built.output);
  return program;
}
