import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { PROJECT } from "../infra/place.ts";
import type { System } from "./system.ts";
import { PLACE } from "./template/names.ts";

/** A file for each system that runs on this machine, for the commands of operators. */
const FOLDER = join(PROJECT, ".build/local");

const RUNNING = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    pid: v.number(),
    url: v.string(),
    /** The endpoint of `Invoke`. */
    lambda: v.pipe(v.string(), v.url()),
    region: v.string(),
    functionNames: v.array(v.string()),
    /** What the functions write, a line each. */
    logFile: v.string(),
  }),
);

export type Running = v.InferOutput<typeof RUNNING>;

/** Every system whose process still runs. The file of a process that was killed is removed. */
export function runningSystems(folder: string = FOLDER): readonly Running[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.flatMap((name) => {
    const found = v.safeParse(RUNNING, readFileSync(join(folder, name), "utf8"));
    if (found.success && isRunning(found.output.pid)) return [found.output];
    remove(folder, name.slice(0, -".json".length));
    return [];
  });
}

/** Writes a file with the addresses and the log of this system, until `leave` is called or the process ends. */
export function announce(
  { url, lambda }: Pick<System, "url" | "lambda">,
  folder: string = FOLDER,
): { readonly leave: () => void; readonly note: (line: string) => void } {
  const name = String(process.pid);
  const logFile = join(folder, `${name}.jsonl`);
  const found: Running = {
    pid: process.pid,
    url,
    lambda: lambda.endpoint,
    region: PLACE.region,
    functionNames: [...lambda.functionNames()],
    logFile,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(logFile, "");
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(found, null, 2)}\n`);
  const leave = (): void => {
    process.off("exit", leave);
    remove(folder, name);
  };
  process.once("exit", leave);
  return { leave, note: (line) => appendFileSync(logFile, `${line}\n`) };
}

function remove(folder: string, name: string): void {
  for (const ending of [".json", ".jsonl"]) rmSync(join(folder, name + ending), { force: true });
}

/** A system that was killed leaves its file behind. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
