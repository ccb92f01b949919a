import * as v from "valibot";
import { COMMANDS, type FlagField } from "../functions/operator/operation.ts";
import { stackNameOf } from "../infra/deployment.ts";
import { isStageName, STAGES } from "../infra/stages.ts";
import { FORMATS, type Format } from "./activity/words.ts";
import type { StackPlace } from "./deployed.ts";
import type { ReplayArguments } from "./replay/command.ts";
import { changesIn } from "./replay/settings.ts";
import { stackNamed } from "./stage-argument.ts";
import { argumentsOf, CommandFault, showHelp, table } from "./terminal.ts";

/** Where an operation is done. */
export type Place =
  | ({ readonly kind: "stage" } & StackPlace)
  | { readonly kind: "local"; readonly port?: string | undefined };

export type OpsArguments =
  | ReplayArguments
  | { readonly kind: "operation"; readonly place: Place; readonly operation: unknown }
  | LogArguments;

/** The questions to the logs of a deployment. */
export type LogArguments = {
  readonly kind: "top" | "report" | "timeline";
  readonly place: Place;
  readonly seconds: number;
  readonly format: Format;
  /** A number, or the id of a request. */
  readonly subject: string;
};

type Row = (typeof COMMANDS)[number];
type Values = { readonly for?: string; readonly reason?: string };
type Flag = {
  readonly name: keyof Values;
  readonly example: string;
  readonly read: (text: string) => unknown;
};

/** How an argument that is no target is given. */
const FLAGS: Readonly<Record<FlagField, Flag>> = {
  seconds: { name: "for", example: "24h", read: (text) => secondsOf(text) },
  reason: { name: "reason", example: '"ticket 4711"', read: (text) => text },
};

/** `block <target> --for 24h --reason "ticket 4711"`. */
function usageOf({ name, fields }: Row): string {
  const flags = flagsOf(fields).map(([, flag]) => `--${flag.name} ${flag.example}`);
  return [name, ...operandsOf(fields).map((operand) => `<${operand}>`), ...flags].join(" ");
}

/** Each command as it is typed, and what it does. */
export const OPS_ROWS: readonly (readonly [usage: string, summary: string])[] = [
  ...COMMANDS.map((row) => [usageOf(row), row.summary] as const),
  ["top", "shows the most active clients and numbers, with their limits; --for 10m by default"],
  ["timeline <number|request id>", "shows what happened to it: sends, deliveries, checks"],
  [
    "report",
    "shows conversion, delivery and cost by country, channel and app; --format table, csv or json",
  ],
  ["replay <file>", "computes what other limits would have refused in a log"],
];

const HELP = `npm run ops -- <command> --stage <${Object.keys(STAGES).join("|")}> | --stack <name> | --local [--port <port>]

${table(OPS_ROWS)}

  A target is a number (+447700900123), a range of ten thousand ("+44770090****"), a country (FR),
  or an address: 203.0.113.7, 2001:db8::1 (its /64) or 2001:db8::/48. --for takes 30m, 24h or 7d.
  replay takes --set ipv4=10,range=watch,spend-hour=20, and --stage for the limits (prod if left out).`;

function flagsOf(fields: Row["fields"]): readonly (readonly [string, Flag])[] {
  return Object.entries(FLAGS).filter(([field]) => Object.hasOwn(fields, field));
}

/** The name of the target, if there is one. */
function operandsOf(fields: Row["fields"]): readonly string[] {
  return "target" in fields ? [v.getTitle(fields.target) ?? "target"] : [];
}

const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/** The operation of a command line. Throws a sentence if there is none. */
export function parseOpsArguments(args: readonly string[]): OpsArguments {
  const { values, positionals, takesOnly } = argumentsOf(
    {
      help: HELP,
      takesWords: true,
      options: {
        stage: { type: "string" },
        stack: { type: "string" },
        local: { type: "boolean", default: false },
        for: { type: "string" },
        reason: { type: "string" },
        format: { type: "string", default: "table" },
        port: { type: "string" },
        set: { type: "string", multiple: true, default: [] },
      },
    },
    args,
  );
  const [name, ...operands] = positionals;
  if (name === undefined) showHelp(HELP);
  if (name === "replay") return parseReplayArguments(operands, values, takesOnly);
  if (name === "top" || name === "report" || name === "timeline")
    return parseLogArguments(name, operands, values, takesOnly);
  const row = COMMANDS.find((one) => one.name === name);
  if (row === undefined)
    throw new CommandFault(
      `There is no command ${name}. The commands: ${OPS_ROWS.map(([usage]) => usage.split(" ")[0]).join(", ")}.`,
    );
  const expected = operandsOf(row.fields);
  if (operands.length !== expected.length)
    throw new CommandFault(
      `${name} takes ${expected.length === 0 ? "nothing" : `one ${expected.join()}`} and flags: ${usageOf(row)}.`,
    );
  const own = flagsOf(row.fields).map(([, flag]) => flag.name);
  takesOnly(name, [...PLACE_FLAGS, ...own]);
  const [target] = operands;
  const fields = flagsOf(row.fields).map(([field, flag]) => [field, flagValue(flag, values)]);
  const operation = {
    command: name,
    ...(target === undefined ? {} : { target }),
    ...Object.fromEntries(fields),
  };
  return { kind: "operation", place: placeOf(values), operation };
}

function flagValue({ name, example, read }: Flag, values: Values): unknown {
  const text = values[name];
  if (text === undefined) throw new CommandFault(`It needs --${name} ${example}.`);
  return read(text);
}

type TakesOnly = ReturnType<typeof argumentsOf>["takesOnly"];

const SPANS = { top: "10m", report: "24h", timeline: "24h" } as const;

function parseLogArguments(
  kind: LogArguments["kind"],
  operands: readonly string[],
  values: Parameters<typeof placeOf>[0] & Values & { readonly format: string },
  takesOnly: TakesOnly,
): LogArguments {
  takesOnly(kind, [...PLACE_FLAGS, "for", ...(kind === "report" ? ["format"] : [])]);
  const [subject = ""] = operands;
  if (operands.length !== (kind === "timeline" ? 1 : 0))
    throw new CommandFault(
      `${kind} takes ${kind === "timeline" ? "a number in E.164 or the id of a request" : "nothing"} and flags.`,
    );
  const format = FORMATS.find((known) => known === values.format);
  if (format === undefined) throw new CommandFault(`--format takes ${FORMATS.join(", ")}.`);
  const seconds = secondsOf(values.for ?? SPANS[kind]);
  return { kind, place: placeOf(values), seconds, format, subject };
}

/** A log is read on this machine, so the stage only selects the limits. */
function parseReplayArguments(
  [file, ...more]: readonly string[],
  { stage = "prod", set }: { readonly stage?: string; readonly set: readonly string[] },
  takesOnly: TakesOnly,
): ReplayArguments {
  takesOnly("replay", ["stage", "set"]);
  if (file === undefined || more.length > 0)
    throw new CommandFault("replay takes one file, and nothing else but flags.");
  if (!isStageName(stage)) throw new CommandFault(`The stages: ${Object.keys(STAGES).join(", ")}.`);
  return { kind: "replay", file, stage, changes: changesIn(set) };
}

/** The flags of `placeOf`. */
export const PLACE_FLAGS = ["stage", "stack", "local", "port"] as const;

/** The place is always named, so that no operator pauses production by habit. */
export function placeOf({
  stage,
  stack,
  local,
  port,
}: {
  readonly stage?: string;
  readonly stack?: string;
  readonly local: boolean;
  readonly port?: string;
}): Place {
  if (port !== undefined && !(local && /^[1-9]\d{0,4}$/.test(port)))
    throw new CommandFault("--port goes with --local, and is the port of a system that runs here.");
  const stackName = stack ?? (isStageName(stage) ? stackNameOf(stage) : undefined);
  const named = [stage, stack].filter((text) => text !== undefined).length;
  if (local && named === 0) return { kind: "local", ...(port !== undefined && { port }) };
  if (!local && named === 1 && stackName !== undefined)
    return { kind: "stage", stackName: stackNamed(stackName) };
  throw new CommandFault(
    `Name the deployment: --local, --stage with ${Object.keys(STAGES).join(", ")}, or --stack with the name of a stack.`,
  );
}

/** The seconds in `30m`, `24h` or `7d`. Throws a sentence with the name of the flag for any other text. */
export function secondsOf(text: string, flag = "for"): number {
  const [, count, unit] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? [];
  if (unit !== "m" && unit !== "h" && unit !== "d")
    throw new CommandFault(`--${flag} takes a time like 30m, 24h or 7d.`);
  return Number(count) * SECONDS[unit];
}
