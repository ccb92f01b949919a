import { isStageName, STAGES, type StageName } from "../infra/stages.ts";
import { argumentsOf, CommandFault } from "./terminal.ts";

export type ChecklistArguments = {
  readonly stages: readonly StageName[];
  readonly json: boolean;
  /** Asks AWS and Twilio too, of one stage. */
  readonly live: boolean;
  /** The deployed stack, where it is not `latchkey-<stage>`. */
  readonly stack?: string;
  /** Prints the cost table instead. */
  readonly cost: boolean;
};

const ALL: readonly StageName[] = Object.keys(STAGES).filter(isStageName);

const HELP = `npm run checklist -- [${ALL.join("|")}] [--json]   the founder's questions; exit code 1 where one does not hold
npm run checklist -- <stage> --live [--stack <name>] [--json]   and the settings at AWS and Twilio; exit code 3 where one of them does not
npm run checklist -- --cost     the cost table of prod`;

export function parseChecklistArguments(args: readonly string[]): ChecklistArguments {
  const { values, positionals } = argumentsOf(
    {
      help: HELP,
      takesWords: true,
      options: {
        json: { type: "boolean", default: false },
        live: { type: "boolean", default: false },
        cost: { type: "boolean", default: false },
        stack: { type: "string" },
      },
    },
    args,
  );
  if (values.cost && args.length > 1)
    throw new CommandFault("--cost goes alone: it prints the costs of prod.");
  const [name, ...more] = positionals;
  if (more.length > 0 || (name !== undefined && !isStageName(name)))
    throw new CommandFault(`The stages: ${ALL.join(", ")}. One of them, or none for all.`);
  if (values.live && name === undefined)
    throw new CommandFault(`--live goes with one stage: ${ALL.join(", ")}.`);
  if (values.stack !== undefined && !values.live)
    throw new CommandFault("--stack goes with --live: it names the deployed stack.");
  return { ...values, stages: name === undefined ? ALL : [name] };
}
