import { stackNameOf } from "../infra/deployment.ts";
import { isStageName, STAGES, type StageName } from "../infra/stages.ts";
import type { StackPlace } from "./deployed.ts";
import { argumentsOf, CommandFault } from "./terminal.ts";

/** The settings of a stage, and the stack that they are deployed as. */
export type StageArgument = { readonly name: StageName; readonly place: StackPlace };

/** The stage that a command line names, with its stack if that has another name. Throws a sentence if it names none. */
export function stageIn(
  command: string,
  [name, ...more]: readonly string[],
  stack?: string,
): StageArgument {
  if (!isStageName(name) || more.length > 0)
    throw new CommandFault(
      `Name the stage, and nothing else: npm run ${command} -- <${Object.keys(STAGES).join("|")}>.`,
    );
  return { name, place: { stackName: stackNamed(stack ?? stackNameOf(name)) } };
}

/** Throws a sentence for a name that CloudFormation refuses. */
export function stackNamed(name: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9-]{0,127}$/.test(name)) return name;
  throw new CommandFault("A stack has 1 to 128 letters, digits and hyphens, a letter first.");
}

export function cdkContextOf({ name, place }: StageArgument): readonly string[] {
  const { stackName } = place;
  const stack = stackName === stackNameOf(name) ? [] : ["-c", `stack=${stackName}`];
  return ["-c", `stage=${name}`, ...stack];
}

/** The stage of a command line that takes a stage and `--stack` only. */
export function stageNamed(command: string, args: readonly string[]): StageArgument {
  const help = `npm run ${command} -- <${Object.keys(STAGES).join("|")}> [--stack <name>]`;
  const options = { stack: { type: "string" } } as const;
  const { values, positionals } = argumentsOf({ help, takesWords: true, options }, args);
  return stageIn(command, positionals, values.stack);
}
