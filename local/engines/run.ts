import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a program to its end without a shell; throws where it is missing or fails. */
export async function run(
  program: string,
  args: readonly string[],
  folder?: string,
): Promise<void> {
  await promisify(execFile)(program, [...args], { cwd: folder });
}
