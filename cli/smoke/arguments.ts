import { STAGES } from "../../infra/stages.ts";
import type { StackPlace } from "../deployed.ts";
import { stageIn } from "../stage-argument.ts";
import { argumentsOf, CommandFault } from "../terminal.ts";

export type SmokeArguments = {
  readonly place: StackPlace;
  readonly baseUrl: string;
  /** Whether the credentials are typed here, which needs no AWS. */
  readonly asks: boolean;
};

const TWILIO = "https://api.twilio.com";

const HELP = `npm run smoke -- <${Object.keys(STAGES).join("|")}> [--stack <name>]   with the credentials of the stage's secret
npm run smoke -- <stage> --ask        with credentials that are typed here

  --base-url <address>   asks another address than ${TWILIO}`;

/** Throws a sentence for arguments that it does not understand. */
export function smokeArguments(args: readonly string[]): SmokeArguments {
  const { values, positionals } = argumentsOf(
    {
      help: HELP,
      takesWords: true,
      options: {
        "base-url": { type: "string", default: TWILIO },
        ask: { type: "boolean", default: false },
        stack: { type: "string" },
      },
    },
    args,
  );
  const { "base-url": baseUrl, ask: asks, stack } = values;
  if (!isOrigin(baseUrl))
    throw new CommandFault("--base-url is an address such as https://api.twilio.com.");
  return { place: stageIn("smoke", positionals, stack).place, baseUrl, asks };
}

/** Each request carries the credentials, so the address must be TLS or this machine. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.hostname === "localhost" || url?.hostname === "127.0.0.1";
  return url?.protocol === "https:" || (url?.protocol === "http:" && isHere);
}
