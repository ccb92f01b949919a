import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";

/** A program to be measured: Node, with these arguments and this environment and nothing else of ours. */
export type Program = {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** Where a program writes what it has measured of itself: JSON on a pipe of its own, since its output goes nowhere. */
export const REPORT_FD = 3;

/** Runs a program to its end, its lines thrown away as Lambda would take them away. Throws, with what it complained of, where it fails. */
export async function measureProgram<Report>({ args, env = {} }: Program): Promise<Report> {
  const child = spawn(process.execPath, args, {
    env: { ...env },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const report = child.stdio[REPORT_FD];
  if (!(report instanceof Readable) || child.stderr === null)
    throw new Error("a child has a pipe to report by");
  const [complaint, json, [code]] = await Promise.all([
    text(child.stderr),
    text(report),
    once(child, "close"),
  ]);
  if (code !== 0 || json === "")
    throw new Error(
      `${[...args, env["LAMBDA_TASK_ROOT"] ?? ""].join(" ")} ended with ${code}: ${complaint}`,
    );
  return JSON.parse(json);
}
