import * as v from "valibot";
import type { TwilioCredentials, TwilioMode } from "../functions/adapters/twilio/credentials.ts";
import { isLoopbackName } from "../local/listening.ts";
import { AnswerFault } from "./prompt.ts";
import { CommandFault } from "./terminal.ts";

type Account = Pick<TwilioCredentials, "accountSid" | "apiKeySid" | "apiKeySecret">;

/** `isUnsure`: the key has no permission to read, so only the first message shows whether its secret is right. */
export type Probed = { readonly mode: TwilioMode; readonly isUnsure: boolean };

/** The key lacks a permission, so it is one. https://www.twilio.com/docs/api/errors/70051 */
const NO_PERMISSION = 70_051;
const PATIENCE_MILLISECONDS = 10_000;

const TWILIO = "https://api.twilio.com";

/** Where Twilio's API answers: at Twilio, or at an emulator of this machine by the setting of the functions. No other host receives a key. */
export function twilioUrl(given = process.env["TWILIO_BASE_URL"] ?? TWILIO): string {
  const { protocol = "", hostname = "", origin = "" } = URL.parse(given) ?? {};
  if (origin === TWILIO || (protocol === "http:" && isLoopbackName(hostname))) return origin;
  throw new CommandFault(
    `TWILIO_BASE_URL is ${TWILIO}, or an emulator on this machine such as http://127.0.0.1:4010. Unset it.`,
  );
}

/**
 * Asks Twilio which kind the credentials are, and sends nothing. For test credentials Twilio refuses the account itself with 403
 * (https://www.twilio.com/docs/iam/test-credentials). They have no API keys, so a key is live; a standard key may list messages only, a
 * restricted one perhaps nothing.
 */
export async function probe(account: Account, baseUrl = twilioUrl()): Promise<Probed> {
  const itself = await read(account, `${baseUrl}/2010-04-01/Accounts/${account.accountSid}.json`);
  const isKey = account.apiKeySid.startsWith("SK");
  if (!isKey) return ofToken(itself);
  if (itself.status === 200) return { mode: "live", isUnsure: false };
  const messages = await read(
    account,
    `${baseUrl}/2010-04-01/Accounts/${account.accountSid}/Messages.json?PageSize=1`,
  );
  if (messages.status === 200) return { mode: "live", isUnsure: false };
  if (messages.status === 403 || messages.code === NO_PERMISSION)
    return { mode: "live", isUnsure: true };
  throw unknown(messages);
}

/** Throws if an auth token is not one of the account. Reads the account once and changes nothing. */
export async function probeToken(
  { accountSid, authToken }: { readonly accountSid: string; readonly authToken: string },
  baseUrl = twilioUrl(),
): Promise<void> {
  const account = { accountSid, apiKeySid: accountSid, apiKeySecret: authToken };
  const itself = await read(account, `${baseUrl}/2010-04-01/Accounts/${accountSid}.json`);
  if (itself.status !== 200) throw unknown(itself, "this auth token");
}

type Answer = { readonly status: number; readonly code: number | undefined };

function ofToken(itself: Answer): Probed {
  if (itself.status === 403) return { mode: "test", isUnsure: false };
  if (itself.status === 200)
    throw new AnswerFault(
      "This is the auth token of a live account, which opens all of it. Use the test credentials, or an API key (SK…).",
    );
  throw unknown(itself);
}

function unknown({ status }: Answer, what = "these credentials"): CommandFault {
  return status === 401 || status === 404
    ? new AnswerFault(`Twilio does not know ${what}. Nothing was stored.`)
    : new CommandFault(
        `Twilio answered ${status}, which decides nothing. Nothing was stored; try again.`,
      );
}

const BODY = v.object({ code: v.optional(v.number()) });

async function read({ apiKeySid, apiKeySecret }: Account, url: string): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret}`).toString("base64")}`;
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const response = await fetch(url, {
    headers: { authorization },
    redirect: "manual",
    signal,
  }).catch(() => {
    throw new CommandFault("Twilio cannot be reached. Nothing was stored.");
  });
  const body = v.safeParse(BODY, await response.json().catch(() => undefined));
  return { status: response.status, code: body.success ? body.output.code : undefined };
}
