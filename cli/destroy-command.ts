import { isStageName, STAGES, type Stage, type StageName } from "../infra/stages.ts";
import type { Ask } from "./prompt.ts";
import type { RunProgram } from "./run-program.ts";
import { CommandFault } from "./terminal.ts";

/** Long on purpose: nobody types it by habit. */
const FLAG = "--this-is-production";

export function destroyAskedBy(args: readonly string[]): StageName {
  const [name, ...others] = args.filter((arg) => arg !== FLAG);
  if (!isStageName(name) || others.length > 0)
    throw new CommandFault(
      `Say which stage, and nothing else: npm run destroy -- <${Object.keys(STAGES).join("|")}>.`,
    );
  const stage: Stage = STAGES[name];
  if (stage.production && !args.includes(FLAG))
    throw new CommandFault(`${name} is production. If it must go, add ${FLAG}.`);
  return name;
}

/** Asks for the name once more, then destroys. */
export async function destroy(name: StageName, ask: Ask, run: RunProgram): Promise<void> {
  const typed = await ask({ text: `Type the name of the stage to destroy it` });
  if (typed !== name) throw new CommandFault(`That is not ${name}. Nothing was destroyed.`);
  const args = ["cdk", "destroy", "-c", `stage=${name}`, "--force"];
  if ((await run("npx", ["--no-install", ...args])) !== 0)
    throw new CommandFault(
      "cdk did not destroy it; what it printed says why. Production is protected: switch its termination protection off in CloudFormation first.",
    );
}

/** What goes and what stays, before anybody types a name. */
export function whatGoes(stage: Stage): string {
  return stage.production
    ? "The API, its functions and its alarms go. The table, the keys, the secret and the logs stay, and cost a few dollars a month."
    : "All of it goes: the API, the table, the keys (after 30 days), the secret, the logs.";
}
