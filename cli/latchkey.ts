/** `latchkey <command>`: runs the program of the command. The npm scripts are shortcuts to the same programs. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { COMMANDS, isCommand } from "./commands.ts";
import { bold, CommandFault, runCommand, showHelp, table } from "./terminal.ts";

const ROOT = join(import.meta.dirname, "..");
const HELP = `latchkey <command> [arguments]

${table(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]))}

  ${bold("latchkey <command> --help")} lists what a command takes.`;

await runCommand(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === "--help") showHelp(HELP);
  if (!isCommand(name)) throw new CommandFault(`There is no command ${name}.\n\n${HELP}`);
  const [program, ...first] = COMMANDS[name].program;
  return run(join(ROOT, program), [...first, ...args]);
});

/** Runs a program of the repository in this terminal and returns its exit code. Signals reach it. */
function run(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const check = new URL("../check-installation.js", import.meta.url).href;
    const child = spawn(process.execPath, ["--import", check, program, ...args], {
      stdio: "inherit",
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
