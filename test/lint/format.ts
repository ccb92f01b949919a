/** `npm run format`: Biome, installed the first time. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { argumentsOf, runCommand } from "../../cli/terminal.ts";
import { PROJECT } from "../../infra/place.ts";
import { install } from "../install.ts";

await runCommand(async () => {
  argumentsOf({ help: "npm run format", options: {} });
  const program = join(await install("test/lint"), "@biomejs/biome/bin/biome");
  const args = [program, "check", "--write", "."];
  return spawnSync(process.execPath, args, { cwd: PROJECT, stdio: "inherit" }).status ?? 1;
});
