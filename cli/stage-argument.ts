import { parseArgs } from "node:util";
import { stackNameOf } from "../infra/deployment.ts";
import { isStageName, STAGES, type StageName } from "../infra/stages.ts";
import type { StackPlace } from "./deployed.ts";
import { CommandFault } from "./terminal.ts";

/** The settings that are meant, and the stack that they are deployed as. */
export type StageArgument = { readonly name: StageName; readonly place: StackPlace };

/** The stage that a command line names first, with the stack behind `--stack` if it has another name. Throws a sentence where it names none. */
export function stageNamed(command: string, args: readonly string[]): StageArgument {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: { stack: { type: "string" } },
  });
  const [name, ...more] = positionals;
  if (!isStageName(name))
    throw new CommandFault(
      `Say which stage: npm run ${command} -- <${Object.keys(STAGES).join("|")}>.`,
    );
  const flag = tokens.find((token) => token.kind === "option" && token.name !== "stack");
  const unknown = more[0] ?? (flag?.kind === "option" ? flag.rawName : undefined);
  if (unknown !== undefined) throw new CommandFault(`${command} does not know ${unknown}.`);
  const stackName = typeof values.stack === "string" ? values.stack : stackNameOf(name);
  return { name, place: { stackName } };
}
