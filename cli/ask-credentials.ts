import { PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SECRET_MINUTES } from "../functions/adapters/secrets/secrets.ts";
import { AUTH_TOKEN } from "../functions/adapters/twilio/callbacks.ts";
import {
  parseTwilioCredentials,
  type TwilioCredentials,
  type TwilioMode,
} from "../functions/adapters/twilio/credentials.ts";
import { SENDER_OF_LETTERS } from "../functions/policy/sender-rules.ts";
import type { ChallengeProvider } from "../functions/verification/challenge.ts";
import { isE164 } from "../functions/verification/identifiers.ts";
import { asking } from "./aws-faults.ts";
import { AnswerFault, type Ask, type Question, untilAccepted } from "./prompt.ts";
import { warn, yes } from "./terminal.ts";
import type { Probed } from "./twilio-probe.ts";

/** The only number that Twilio's test credentials send from. https://www.twilio.com/docs/iam/test-credentials */
export const TEST_SENDER = "+15005550006";

type Forms = Readonly<Record<string, { readonly pattern: RegExp; readonly words: string }>>;

const FORMS = {
  account: { pattern: /^AC[0-9a-fA-F]{32}$/, words: "An account SID is AC and 32 hex digits." },
  key: { pattern: /^SK[0-9a-fA-F]{32}$/, words: "The SID of an API key is SK and 32 hex digits." },
  secret: {
    pattern: /^[\x21-\x7e]{16,}$/,
    words: "A secret has at least 16 characters and no spaces.",
  },
  token: { pattern: AUTH_TOKEN, words: "An auth token is 32 hex digits." },
  challenge: {
    pattern: /^[\x21-\x7e]{20,}$/,
    words: "A secret key has at least 20 characters and no spaces.",
  },
  sender: {
    pattern: new RegExp(`^\\+[1-9]\\d{6,14}$|^MG[0-9a-fA-F]{32}$|${SENDER_OF_LETTERS.source}`),
    words:
      "A sender is a number in E.164, a messaging service (MG and 32 hex digits), or a sender id of up to 11 letters and digits.",
  },
} as const satisfies Forms;

/** The credentials that a stage needs. `listed`: it may send to a list of numbers only. */
export type Wanted = { readonly mode: TwilioMode; readonly recipients: "anyone" | "listed" };

/** Asks for the credentials that a stage needs, checks their form, then checks them at Twilio. Asks again for what is refused. */
export function askCredentials(
  ask: Ask,
  { mode: wanted, recipients }: Wanted,
  probe: (credentials: TwilioCredentials) => Promise<Probed>,
): Promise<{ readonly credentials: TwilioCredentials; readonly isUnsure: boolean }> {
  return untilAccepted(ask, async (again) => {
    const answers = wanted === "test" ? await askTest(again) : await askLive(again);
    const list = recipients === "listed" ? { recipients: await askRecipients(again) } : {};
    const credentials = parseTwilioCredentials({ mode: wanted, ...answers, ...list });
    const { mode, isUnsure } = await probe(credentials);
    if (mode !== wanted)
      throw new AnswerFault(
        `Twilio reports that these are ${mode} credentials, and ${wanted} ones are needed. Nothing was stored.`,
      );
    return { credentials, isUnsure };
  });
}

async function askTest(ask: Ask) {
  const accountSid = await formed(ask, "account", { text: "Test account SID (AC…)" });
  const token = { text: "Test auth token, not shown", hidden: true };
  const apiKeySecret = await formed(ask, "token", token);
  const sender = await formed(ask, "sender", { text: "Sender", otherwise: TEST_SENDER });
  return { accountSid, apiKeySid: accountSid, apiKeySecret, ...senderOf(sender) };
}

async function askLive(ask: Ask) {
  const accountSid = await formed(ask, "account", { text: "Account SID (AC…)" });
  const apiKeySid = await formed(ask, "key", { text: "API key SID (SK…)" });
  const secret = { text: "API key secret, not shown", hidden: true };
  const apiKeySecret = await formed(ask, "secret", secret);
  const sender = await formed(ask, "sender", { text: "Sender (MG…, +44… or a sender id)" });
  return { accountSid, apiKeySid, apiKeySecret, ...senderOf(sender) };
}

/** Numbers are no secret from the person who types them, so they are shown. */
function askRecipients(ask: Ask): Promise<readonly string[]> {
  const text = "The only numbers that may be sent to, in E.164, with spaces between them";
  return untilAccepted(ask, async (again) => {
    const typed = (await again({ text })).split(/[\s,]+/);
    const numbers = [...new Set(typed.filter((number) => number !== ""))];
    if (numbers.length > 0 && numbers.every(isE164)) return numbers;
    throw new AnswerFault(
      "Live credentials outside production need at least one recipient, each in E.164, like +447700900123.",
    );
  });
}

/** Asks until the answer has the form. */
function formed(ask: Ask, form: keyof typeof FORMS, question: Question): Promise<string> {
  const { pattern, words } = FORMS[form];
  return untilAccepted(ask, async (again) => {
    const answer = await again(question);
    if (answer !== question.otherwise && !pattern.test(answer)) throw new AnswerFault(words);
    return answer;
  });
}

function senderOf(sender: string) {
  return sender.startsWith("MG") && sender.length === 34
    ? { messagingServiceSid: sender }
    : { from: sender };
}

/**
 * Asks for the auth token with which Twilio signs its callbacks, or for two during a rotation, and checks each at Twilio. Test credentials
 * include their token, and Twilio makes no callbacks for them.
 */
export async function askAuthTokens(
  ask: Ask,
  { mode, accountSid, apiKeySecret }: TwilioCredentials,
  probe: (account: { readonly accountSid: string; readonly authToken: string }) => Promise<void>,
): Promise<readonly string[]> {
  if (mode === "test") return [apiKeySecret];
  const first = await untilAccepted(ask, async (again) => {
    const question = { text: "Auth token of the account, not shown", hidden: true };
    const authToken = await formed(again, "token", question);
    await probe({ accountSid, authToken });
    return authToken;
  });
  const text = "Auth token that takes over, while you change it (Enter for none), not shown";
  // Twilio accepts it only after its promotion.
  const second = await formed(ask, "token", { text, hidden: true, otherwise: "" });
  return second === "" ? [first] : [first, second];
}

const CHALLENGE_NAMES: Readonly<Record<ChallengeProvider, string>> = {
  turnstile: "Turnstile",
  hcaptcha: "hCaptcha",
  recaptcha: "reCAPTCHA",
};

/** Asks for the secret key of a challenge. Only the first token shows whether it is right. */
export function askChallengeSecret(ask: Ask, provider: ChallengeProvider): Promise<string> {
  const text = `Secret key of ${CHALLENGE_NAMES[provider]}, not shown`;
  return formed(ask, "challenge", { text, hidden: true });
}

type Content =
  | TwilioCredentials
  | { readonly authTokens: readonly string[] }
  | { readonly secret: string };

export async function storeCredentials(
  secrets: SecretsManagerClient,
  arn: string,
  content: Content,
): Promise<void> {
  const put = new PutSecretValueCommand({ SecretId: arn, SecretString: JSON.stringify(content) });
  await asking(() => secrets.send(put));
}

/** The end of `npm run secrets`. `isUnsure`: Twilio gave no answer on whether the key is good. */
export function storedWords(mode: "test" | "live", isUnsure: boolean): string {
  const doubt =
    "This key may read nothing at Twilio, so its secret could not be tried. The first message will.";
  return [
    `\n${yes()} Stored, as ${mode} credentials.`,
    ...(isUnsure ? [`${warn("!")} ${doubt}`] : []),
    `  No deployment is needed: functions use these within ${SECRET_MINUTES} minutes.`,
  ].join("\n");
}
