import { STAGES } from "../../infra/stages.ts";
import type { StackPlace } from "../deployed.ts";
import { stageIn } from "../stage-argument.ts";
import { argumentsOf, CommandFault } from "../terminal.ts";

export type SmokeArguments = {
  readonly place: StackPlace;
  /** Whether the credentials are typed here, which needs no AWS. */
  readonly asks: boolean;
};

const HELP = `npm run smoke -- <${Object.keys(STAGES).join("|")}> [--stack <name>]   with the credentials of the stage's secret
npm run smoke -- <stage> --ask        with credentials that are typed here`;

/** Throws a sentence for arguments that it does not understand. */
export function smokeArguments(args: readonly string[]): SmokeArguments {
  const options = { ask: { type: "boolean", default: false }, stack: { type: "string" } } as const;
  const { values, positionals } = argumentsOf({ help: HELP, takesWords: true, options }, args);
  const { ask: asks, stack } = values;
  if (asks && stack !== undefined)
    throw new CommandFault("--ask goes without --stack: it reads no secret of a stack.");
  return { place: stageIn("smoke", positionals, stack).place, asks };
}
