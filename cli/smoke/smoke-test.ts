import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import Twilio from "twilio/lib/rest/Twilio.js";
import * as v from "valibot";
import {
  parseTwilioCredentials,
  type TwilioCredentials,
} from "../../functions/adapters/twilio/credentials.ts";
import { describeFault } from "../../functions/adapters/twilio/errors.ts";
import { TwilioTransport } from "../../functions/adapters/twilio/transport.ts";
import { TEST_SENDER } from "../ask-credentials.ts";
import { asking } from "../aws-faults.ts";
import { bold, CommandFault, dim, no, yes } from "../terminal.ts";
import { probe } from "../twilio-probe.ts";
import { MAGIC_NUMBER_CASES, type MagicNumberCase } from "./magic-number-cases.ts";

/** One request to Twilio and its result. */
export type SmokeResult = {
  readonly what: string;
  readonly words: string;
  readonly expected: string;
  readonly found: string;
  readonly isAsDocumented: boolean;
};

type Target = { readonly credentials: TwilioCredentials; readonly baseUrl: string };

/**
 * Asks Twilio about every magic number, one after the other. No message is sent: no sender or no recipient among them exists. Throws a sentence,
 * and stops, if Twilio answers that the credentials are no test credentials.
 */
export async function* smokeTest(target: Target): AsyncGenerator<SmokeResult> {
  await refuseLive(target);
  const { accountSid, apiKeySid, apiKeySecret } = target.credentials;
  const httpClient = new TwilioTransport({ baseUrl: target.baseUrl, timeoutMilliseconds: 15_000 });
  const client = new Twilio(apiKeySid, apiKeySecret, { accountSid, httpClient });
  for (const one of MAGIC_NUMBER_CASES) yield resultOf(one, await answerOf(() => ask(client, one)));
  const found = await answerOf(() => client.messages(`SM${"0".repeat(32)}`).fetch());
  yield {
    what: "reading a message",
    words: "closed to test credentials",
    expected: textOf(NOT_BLOCKED),
    found: textOf(found),
    isAsDocumented: found === NOT_BLOCKED,
  };
}

/** https://www.twilio.com/docs/api/errors/20008 */
const NOT_BLOCKED = 20_008;

async function refuseLive({ credentials, baseUrl }: Target): Promise<void> {
  const { mode } = await probe(credentials, baseUrl).catch((fault: unknown) => {
    throw fault instanceof CommandFault
      ? new CommandFault(fault.message.replace("Nothing was stored", "Nothing was asked"))
      : fault;
  });
  if (mode !== "test" || credentials.mode !== "test")
    throw new CommandFault(
      "These are live credentials, and this asks with test credentials only. Nothing was asked.",
    );
}

/** A fictitious recipient: Ofcom assigns 07700 900000 to 900999 to no subscriber. */
const USUAL = { from: TEST_SENDER, to: "+447700900123" };
const TWIML = "<Response><Hangup/></Response>";

async function ask(client: Twilio, { resource, side, number }: MagicNumberCase): Promise<unknown> {
  const sides = { ...USUAL, [side]: number };
  if (resource === "call") return client.calls.create({ ...sides, twiml: TWIML });
  // With the parameters that the functions send, so that Twilio itself checks them.
  const parameters = { validityPeriod: 300, provideFeedback: true, smartEncoded: true };
  return client.messages.create({ ...sides, ...parameters, body: "Latchkey asks a question" });
}

const FAULT = v.object({ code: v.number() });

/** The error that Twilio answered, "accepted", or the reason why there is no answer. */
async function answerOf(work: () => Promise<unknown>): Promise<number | string> {
  try {
    await work();
    return "accepted";
  } catch (fault) {
    const parsed = v.safeParse(FAULT, fault);
    return parsed.success ? parsed.output.code : describeFault(fault);
  }
}

function resultOf(
  { resource, side, number, expected, words }: MagicNumberCase,
  found: number | string,
): SmokeResult {
  return {
    what: `${resource} ${side} ${number}`,
    words,
    expected: textOf(expected),
    found: textOf(found),
    isAsDocumented: found === expected,
  };
}

function textOf(answer: number | string): string {
  return typeof answer === "number" ? `error ${answer}` : answer;
}

/** The credentials in a secret. Throws a sentence if there are none. The sentence never quotes the secret. */
export async function storedCredentials(
  secrets: SecretsManagerClient,
  arn: string,
): Promise<TwilioCredentials> {
  const { SecretString = "" } = await asking(() =>
    secrets.send(new GetSecretValueCommand({ SecretId: arn })),
  );
  try {
    return parseTwilioCredentials(JSON.parse(SecretString));
  } catch {
    throw new CommandFault(
      "The secret of this stage holds no Twilio credentials yet. Store them: npm run secrets -- <stage>.",
    );
  }
}

/** One line for each answer, in columns. */
export function smokeLine({ what, words, expected, found, isAsDocumented }: SmokeResult): string {
  const answer = isAsDocumented ? found : `${found}, where ${expected} is documented`;
  return `${isAsDocumented ? yes() : no()} ${what.padEnd(WIDTHS.what)} ${dim(words.padEnd(WIDTHS.words))} ${answer}`;
}

const WIDTHS = { what: 26, words: 28 };

export function smokeSummary(results: readonly SmokeResult[]): string {
  const good = results.filter(({ isAsDocumented }) => isAsDocumented).length;
  return good === results.length
    ? `${yes()} ${bold(`All ${good}`)} answers are as Twilio documents them.`
    : `${no()} ${bold(`${results.length - good} of ${results.length}`)} answers are not as Twilio documents them.`;
}
