import { parseArgs } from "node:util";
import { isStageName, STAGES, type StageName } from "../infra/stages.ts";
import { CommandFault } from "./terminal.ts";

export type ChecklistAsked = {
  readonly stages: readonly StageName[];
  readonly json: boolean;
  /** Asks AWS and Twilio too, of one stage. */
  readonly live: boolean;
  /** Prints the cost table instead. */
  readonly cost: boolean;
  readonly help: boolean;
};

const ALL: readonly StageName[] = Object.keys(STAGES).filter(isStageName);

export const CHECKLIST_HELP = `npm run checklist -- [${ALL.join("|")}] [--json]   the founder's questions; exit code 1 where one does not hold
npm run checklist -- <stage> --live [--json]   and what only AWS and Twilio can tell; exit code 3 where one of them does not
npm run checklist -- --cost     the cost table of prod`;

export function checklistAskedBy(args: readonly string[]): ChecklistAsked {
  const { values, positionals } = parsed(args);
  const [name, ...more] = positionals;
  if (more.length > 0 || (name !== undefined && !isStageName(name)))
    throw new CommandFault(`The stages: ${ALL.join(", ")}. One of them, or none for all.`);
  if (values.live && (name === undefined || values.cost))
    throw new CommandFault(`--live goes with one stage: ${ALL.join(", ")}.`);
  return { ...values, stages: name === undefined ? ALL : [name] };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        live: { type: "boolean", default: false },
        cost: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (fault) {
    throw new CommandFault(fault instanceof Error ? (fault.message.split(". ")[0] ?? "") : "?");
  }
}
