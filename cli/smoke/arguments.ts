import { STAGES } from "../../infra/stages.ts";
import type { StackPlace } from "../deployed.ts";
import { stageIn } from "../stage-argument.ts";
import { argumentsOf, CommandFault } from "../terminal.ts";
import { twilioUrl } from "../twilio-probe.ts";

export type SmokeArguments = {
  readonly place: StackPlace;
  readonly baseUrl: string;
  /** Whether the credentials are typed here, which needs no AWS. */
  readonly asks: boolean;
};

const HELP = `npm run smoke -- <${Object.keys(STAGES).join("|")}> [--stack <name>]   with the credentials of the stage's secret
npm run smoke -- <stage> --ask        with credentials that are typed here

  --base-url <address>   asks another address than https://api.twilio.com`;

/** Throws a sentence for arguments that it does not understand. */
export function smokeArguments(args: readonly string[]): SmokeArguments {
  const { values, positionals } = argumentsOf(
    {
      help: HELP,
      takesWords: true,
      options: {
        "base-url": { type: "string", default: twilioUrl() },
        ask: { type: "boolean", default: false },
        stack: { type: "string" },
      },
    },
    args,
  );
  const { "base-url": baseUrl, ask: asks, stack } = values;
  if (!isOrigin(baseUrl))
    throw new CommandFault("--base-url is an address such as https://api.twilio.com.");
  if (asks && stack !== undefined)
    throw new CommandFault("--ask goes without --stack: it reads no secret of a stack.");
  return { place: stageIn("smoke", positionals, stack).place, baseUrl, asks };
}

/** Each request carries the credentials, so the address must be TLS or this machine. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.origin !== text.replace(/\/$/, "")) return false;
  const isHere = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  return url.protocol === "https:" || (url.protocol === "http:" && isHere);
}
