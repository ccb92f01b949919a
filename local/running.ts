import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { System } from "./system.ts";
import { PLACE } from "./template/names.ts";

/** Where the commands of operators find the system that runs on this machine. */
const FILE = join(import.meta.dirname, "../.build/local.json");

/**
 * Writes `.build/local.json`: `{pid, url, lambda, region, functionNames}`, where `lambda` is the endpoint of `Invoke`. It goes with this process,
 * unless that is killed: who reads it asks whether `pid` still runs. Of two systems, the one that started last is found.
 */
export function announce(
  { url, lambda }: Pick<System, "url" | "lambda">,
  file: string = FILE,
): { readonly leave: () => void } {
  const found = {
    pid: process.pid,
    url,
    lambda: lambda.endpoint,
    region: PLACE.region,
    functionNames: lambda.functionNames(),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  const leave = (): void => {
    process.off("exit", leave);
    remove(file);
  };
  process.once("exit", leave);
  return { leave };
}

function remove(file: string): void {
  try {
    const { pid } = JSON.parse(readFileSync(file, "utf8"));
    if (pid === process.pid) rmSync(file);
  } catch {
    // Somebody else was faster.
  }
}
