import { stackNameOf } from "../infra/deployment.ts";
import { isStageName, STAGES } from "../infra/stages.ts";
import type { StackPlace } from "./deployed.ts";
import type { ReplayAsked } from "./replay/command.ts";
import { changesIn } from "./replay/settings.ts";
import { argumentsOf, CommandFault, showHelp } from "./terminal.ts";

/** Where an operation is done. */
export type Place = ({ readonly kind: "stage" } & StackPlace) | { readonly kind: "local" };

export type Asked =
  | ReplayAsked
  | { readonly kind: "operation"; readonly place: Place; readonly operation: unknown };

const HELP = `npm run ops -- <command> --stage <${Object.keys(STAGES).join("|")}> | --stack <name> | --local

  who <target>       what stands for it in the logs, and how it stands
  block <target>     sends nothing more for it   --for 24h --reason "ticket 4711"
  unblock <target>   ends a block
  unlock <number>    forgets its wrong codes
  revoke <number>    ends its returning tickets; revoke-all ends everybody's
  pause              sends nothing more          --reason "Twilio is down"
  resume             sends again
  spend              what today's messages cost, and what is left
  erase <number>     deletes what is kept under the number
  replay <file>      what other limits would have done to the sends in a log, on this machine alone:
                     --set ipv4=10,range=watch,spend-hour=20   --stage prod if it is left out

  A target is a number (+447700900123), a range of ten thousand ("+44770090****"), a country (FR),
  or an address: 203.0.113.7, 2001:db8::1 (its /64) or 2001:db8::/48.
  --for takes 30m, 24h or 7d: at most 30 days.`;

type Values = { readonly for?: string; readonly reason?: string };
type Shape = {
  /** The name under which the argument goes to the function. */
  readonly argument?: "target" | "to";
  readonly fields?: (values: Values) => Readonly<Record<string, unknown>>;
};

const reasonOf = ({ reason }: Values) => ({ reason: reason ?? missing('--reason "…"') });

const SHAPES: Readonly<Record<string, Shape>> = {
  who: { argument: "target" },
  block: {
    argument: "target",
    fields: (values) => ({
      seconds: secondsOf(values.for ?? missing("--for 24h")),
      ...reasonOf(values),
    }),
  },
  unblock: { argument: "target" },
  unlock: { argument: "to" },
  pause: { fields: reasonOf },
  resume: {},
  erase: { argument: "to" },
  revoke: { argument: "to" },
  "revoke-all": {},
  spend: {},
};

const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/** What the words of a command line ask for. Throws a sentence where they ask for nothing. */
export function askedBy(args: readonly string[]): Asked {
  const { values, positionals } = argumentsOf(
    {
      help: HELP,
      takesWords: true,
      options: {
        stage: { type: "string" },
        stack: { type: "string" },
        local: { type: "boolean", default: false },
        for: { type: "string" },
        reason: { type: "string" },
        set: { type: "string", multiple: true, default: [] },
      },
    },
    args,
  );
  const [command, ...operands] = positionals;
  if (command === undefined) showHelp(HELP);
  if (command === "replay") return replayAskedBy(operands, values);
  const { argument, fields } = shapeOf(command, operands);
  const place = placeOf(values);
  const subject = argument === undefined ? {} : { [argument]: operands[0] };
  return { kind: "operation", place, operation: { command, ...subject, ...fields?.(values) } };
}

/** A log is read on this machine, so the stage only says which limits are meant. */
function replayAskedBy(
  [file, ...more]: readonly string[],
  { stage = "prod", set }: { readonly stage?: string; readonly set: readonly string[] },
): ReplayAsked {
  if (file === undefined || more.length > 0)
    throw new CommandFault("replay takes one file, and nothing else but flags.");
  if (!isStageName(stage)) throw new CommandFault(`The stages: ${Object.keys(STAGES).join(", ")}.`);
  return { kind: "replay", file, stage, changes: changesIn(set) };
}

function shapeOf(command: string, operands: readonly string[]): Shape {
  const shape = Object.hasOwn(SHAPES, command) ? SHAPES[command] : undefined;
  if (shape === undefined)
    throw new CommandFault(
      `There is no command ${command}. The commands: ${[...Object.keys(SHAPES), "replay"].join(", ")}.`,
    );
  if (operands.length === (shape.argument === undefined ? 0 : 1)) return shape;
  throw new CommandFault(`${command} takes ${OPERANDS[shape.argument ?? "none"]}.`);
}

const OPERANDS = {
  none: "nothing behind it but flags",
  to: "one number, and nothing else but flags",
  target: "one number, range, country or address, and nothing else but flags",
} as const;

/** The place is always named: nobody should pause production by habit. */
function placeOf({
  stage,
  stack,
  local,
}: {
  readonly stage?: string;
  readonly stack?: string;
  readonly local: boolean;
}): Place {
  const stackName = stack ?? (isStageName(stage) ? stackNameOf(stage) : undefined);
  const named = [stage, stack].filter((text) => text !== undefined).length;
  if (local && named === 0) return { kind: "local" };
  if (!local && named === 1 && stackName !== undefined) return { kind: "stage", stackName };
  throw new CommandFault(
    `Say where: --local, --stage with ${Object.keys(STAGES).join(", ")}, or --stack with the name of a stack.`,
  );
}

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit !== "m" && unit !== "h" && unit !== "d")
    throw new CommandFault("--for takes a time like 30m, 24h or 7d.");
  return Number(count) * SECONDS[unit];
}

function missing(flag: string): never {
  throw new CommandFault(`It needs ${flag}.`);
}
