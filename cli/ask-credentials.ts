import {
  parseTwilioCredentials,
  type TwilioCredentials,
  type TwilioMode,
} from "../functions/adapters/twilio/credentials.ts";
import { isE164 } from "../functions/verification/identifiers.ts";
import type { Ask } from "./prompt.ts";
import { CommandFault } from "./terminal.ts";
import type { Probed } from "./twilio-probe.ts";

/** The only number that Twilio's test credentials send from. https://www.twilio.com/docs/iam/test-credentials */
const TEST_SENDER = "+15005550006";

type Forms = Readonly<Record<string, { readonly pattern: RegExp; readonly words: string }>>;

const FORMS = {
  account: { pattern: /^AC[0-9a-fA-F]{32}$/, words: "An account SID is AC and 32 hex digits." },
  key: { pattern: /^SK[0-9a-fA-F]{32}$/, words: "The SID of an API key is SK and 32 hex digits." },
  secret: {
    pattern: /^[\x21-\x7e]{16,}$/,
    words: "A secret has at least 16 characters and no spaces.",
  },
  sender: {
    pattern: /^(\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
    words:
      "A sender is a number in E.164, a messaging service (MG and 32 hex digits), or a sender id of up to 11 letters and digits.",
  },
} as const satisfies Forms;

/** The credentials that a stage needs. `listed`: it may send to a list of numbers only. */
export type Wanted = { readonly mode: TwilioMode; readonly recipients: "anyone" | "listed" };

/** Asks for the credentials that a stage needs, checks their form, then checks them at Twilio. */
export async function askCredentials(
  ask: Ask,
  { mode: wanted, recipients }: Wanted,
  probe: (credentials: TwilioCredentials) => Promise<Probed>,
): Promise<{ readonly credentials: TwilioCredentials; readonly isUnsure: boolean }> {
  const answers = wanted === "test" ? await askTest(ask) : await askLive(ask);
  const list = recipients === "listed" ? { recipients: await askRecipients(ask) } : {};
  const credentials = parseTwilioCredentials({ mode: wanted, ...answers, ...list });
  const { mode, isUnsure } = await probe(credentials);
  if (mode !== wanted)
    throw new CommandFault(
      `Twilio says that these are ${mode} credentials, and this stage is for ${wanted} ones. Nothing was stored.`,
    );
  return { credentials, isUnsure };
}

async function askTest(ask: Ask) {
  const accountSid = await formed(ask({ text: "Test account SID (AC…)" }), "account");
  const token = ask({ text: "Test auth token, not shown", hidden: true });
  const apiKeySecret = await formed(token, "secret");
  const sender = ask({ text: "Sender", otherwise: TEST_SENDER });
  return {
    accountSid,
    apiKeySid: accountSid,
    apiKeySecret,
    ...senderOf(await formed(sender, "sender")),
  };
}

async function askLive(ask: Ask) {
  const accountSid = await formed(ask({ text: "Account SID (AC…)" }), "account");
  const apiKeySid = await formed(ask({ text: "API key SID (SK…)" }), "key");
  const secret = ask({ text: "API key secret, not shown", hidden: true });
  const apiKeySecret = await formed(secret, "secret");
  const sender = ask({ text: "Sender (MG…, +44… or a sender id)" });
  return { accountSid, apiKeySid, apiKeySecret, ...senderOf(await formed(sender, "sender")) };
}

/** Numbers are no secret from the person who types them, so they are shown. */
async function askRecipients(ask: Ask): Promise<readonly string[]> {
  const typed = await ask({
    text: "The only numbers that may be sent to, in E.164, with spaces between them",
  });
  const numbers = [...new Set(typed.split(/[\s,]+/).filter((number) => number !== ""))];
  if (numbers.length === 0 || !numbers.every(isE164))
    throw new CommandFault(
      "Live credentials outside production need at least one recipient, each in E.164, like +447700900123. Nothing was stored.",
    );
  return numbers;
}

async function formed(answer: Promise<string>, form: keyof typeof FORMS): Promise<string> {
  const text = await answer;
  const { pattern, words } = FORMS[form];
  if (!pattern.test(text)) throw new CommandFault(`${words} Nothing was stored.`);
  return text;
}

function senderOf(sender: string) {
  return sender.startsWith("MG") && sender.length === 34
    ? { messagingServiceSid: sender }
    : { from: sender };
}
