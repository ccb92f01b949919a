import { parseArgs } from "node:util";
import type { StackPlace } from "../deployed.ts";
import { stageNamed } from "../stage-argument.ts";
import { CommandFault } from "../terminal.ts";

export type SmokeArguments = {
  readonly place: StackPlace;
  readonly baseUrl: string;
  /** Whether the credentials are asked for here, which needs no AWS. */
  readonly asks: boolean;
};

const TWILIO = "https://api.twilio.com";

/** Throws a sentence for what cannot be understood. */
export function smokeArguments(args: readonly string[]): SmokeArguments {
  const { values, positionals } = parsed(args);
  const { "base-url": baseUrl, ask: asks, stack } = values;
  if (!isOrigin(baseUrl))
    throw new CommandFault("--base-url is an address such as https://api.twilio.com.");
  const named = stack === undefined ? positionals : [...positionals, "--stack", stack];
  return { place: stageNamed("smoke", named).place, baseUrl, asks };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "base-url": { type: "string", default: TWILIO },
        ask: { type: "boolean", default: false },
        stack: { type: "string" },
      },
    });
  } catch (fault) {
    throw new CommandFault(fault instanceof Error ? fault.message : String(fault));
  }
}

/** Credentials go there in each request: over TLS, or to this machine. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.hostname === "localhost" || url?.hostname === "127.0.0.1";
  return url?.protocol === "https:" || (url?.protocol === "http:" && isHere);
}
