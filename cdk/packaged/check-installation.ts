/** check-installation.js of the package: loaded before every command, and ends it with one sentence where it cannot run here. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { PROJECT } from "./place.ts";

const NODE = 24;

const problem = isMainThread ? problemHere() : undefined;
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

function problemHere(): string | undefined {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < NODE)
    return `Latchkey's commands need Node ${NODE} or newer; this is v${node}.`;
  const isInit = process.argv[1]?.endsWith("init.js");
  if (isInit === true || existsSync(join(PROJECT, "latchkey.config.ts"))) return undefined;
  return "There is no latchkey.config.ts in this folder. npx latchkey init writes one.";
}
