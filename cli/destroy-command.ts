import { STAGES, type Stage } from "../infra/stages.ts";
import type { Ask } from "./prompt.ts";
import type { RunProgram } from "./run-program.ts";
import { cdkContextOf, type StageArgument, stageIn } from "./stage-argument.ts";
import { argumentsOf, CommandFault } from "./terminal.ts";

const HELP = `npm run destroy -- <${Object.keys(STAGES).join("|")}> [--stack <name>] [--this-is-production]   removes a stage, after the name of its stack was typed again`;

/** The stage to destroy. Throws a `CommandFault` if it is production and the flag is missing. The flag is long, against typing it by habit. */
export function parseDestroyArguments(args: readonly string[]): StageArgument {
  const options = {
    "this-is-production": { type: "boolean", default: false },
    stack: { type: "string" },
  } as const;
  const { values, positionals } = argumentsOf({ help: HELP, takesWords: true, options }, args);
  const asked = stageIn("destroy", positionals, values.stack);
  const { name } = asked;
  const stage: Stage = STAGES[name];
  if (stage.production && !values["this-is-production"])
    throw new CommandFault(`${name} is production. If it must go, add --this-is-production.`);
  return asked;
}

/** Asks for the name of the stack once more, then destroys. */
export async function destroy(stage: StageArgument, ask: Ask, run: RunProgram): Promise<void> {
  const { stackName } = stage.place;
  const typed = await ask({ text: "Type the name of the stack to destroy it" });
  if (typed !== stackName)
    throw new CommandFault(`That is not ${stackName}. Nothing was destroyed.`);
  const args = ["cdk", "destroy", ...cdkContextOf(stage), "--force"];
  if ((await run("npx", ["--no-install", ...args])) !== 0)
    throw new CommandFault(
      "cdk did not destroy it; its output has the reason. Production is protected: switch its termination protection off in CloudFormation first.",
    );
}

/** The deleted and the kept resources, printed before the operator confirms. */
export function destroyedAndKept(stage: Stage): string {
  return stage.production
    ? "The API, its functions and its alarms go. The table, the keys, the secret and the logs stay, and cost a few dollars a month."
    : "All of it goes: the API, the table, the keys (after 30 days), the secret, the logs.";
}
