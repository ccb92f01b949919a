import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const COMPILER = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
const STRICT = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes"];

/** The output of TypeScript's compiler for files in `cwd`, in a strict project of ES2024 that has no types but theirs. */
export async function compile(cwd: string, ...args: readonly string[]): Promise<string> {
  const platform = [
    "--target",
    "es2024",
    "--lib",
    "es2024,dom",
    "--types",
    "",
    "--pretty",
    "false",
  ];
  const all = [COMPILER, ...STRICT, ...platform, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, all, { cwd }).catch(Object);
  return String(stdout);
}
