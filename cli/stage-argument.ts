import { isStageName, STAGES, type StageName } from "../infra/stages.ts";
import { CommandFault } from "./terminal.ts";

/** The stage that a command line names first. Throws a sentence where it names none. */
export function stageNamed(command: string, [name, ...more]: readonly string[]): StageName {
  if (!isStageName(name))
    throw new CommandFault(
      `Say which stage: npm run ${command} -- <${Object.keys(STAGES).join("|")}>.`,
    );
  const [unknown] = more;
  if (unknown !== undefined) throw new CommandFault(`${command} does not know ${unknown}.`);
  return name;
}
