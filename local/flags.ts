import { parseArgs } from "node:util";
import { ENGINES, type EngineName } from "./engines.ts";

export type Flags = {
  readonly port: number;
  readonly engine: EngineName;
  readonly quiet: boolean;
  readonly help: boolean;
};

/** One port above the usual ones, so that it is free on most machines. */
const DEFAULT_PORT = 8_400;
const HIGHEST_PORT = 65_535;

export const HELP = `npm start -- [--port ${DEFAULT_PORT}] [--engine ${ENGINES.join("|")}] [--quiet]

  --port    where the API and its pages listen, on this machine only
  --engine  what stands in for DynamoDB: dynalite needs nothing, dynamodb-local needs Java
  --quiet   no line per request
  --help    this text`;

/** A flag that cannot be understood. Its message is for the person at the terminal. */
export class FlagFault extends Error {}

export function parseFlags(args: readonly string[]): Flags {
  const { port, engine, quiet, help } = valuesOf(args);
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= HIGHEST_PORT;
  if (!isPort) throw new FlagFault(`--port is a number from 0 to ${HIGHEST_PORT}`);
  if (!isEngine(engine)) throw new FlagFault(`--engine is ${ENGINES.join(" or ")}`);
  return { port: Number(port), engine, quiet, help };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: String(DEFAULT_PORT) },
        engine: { type: "string", default: ENGINES[0] },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (fault) {
    throw new FlagFault(
      fault instanceof Error ? (fault.message.split(". ")[0] ?? "") : String(fault),
    );
  }
}

function isEngine(name: string): name is EngineName {
  return ENGINES.some((engine) => engine === name);
}
