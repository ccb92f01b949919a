import * as v from "valibot";
import { isE164 } from "../../verification/identifiers.ts";

/** A Twilio identifier: two letters for its kind and 32 hex digits, from Twilio's OpenAPI document. */
const sid = (kind: "AC" | "SK" | "MG") =>
  v.pipe(v.string(), v.regex(new RegExp(`^${kind}[0-9a-fA-F]{32}$`)));

/** Live credentials reach people and cost money; Twilio's test credentials do neither. `npm run secrets` asks Twilio which these are. */
const TWILIO_MODES = ["test", "live"] as const;
export type TwilioMode = (typeof TWILIO_MODES)[number];

/** More than a team has phones. */
const MOST_RECIPIENTS = 50;
const RECIPIENTS = v.pipe(
  v.array(v.pipe(v.string(), v.check(isE164))),
  v.minLength(1),
  v.maxLength(MOST_RECIPIENTS),
);

const ACCOUNT = {
  mode: v.picklist(TWILIO_MODES),
  accountSid: sid("AC"),
  apiKeySid: v.union([sid("SK"), sid("AC")]),
  apiKeySecret: v.pipe(v.string(), v.nonEmpty()),
  /**
   * In live credentials outside production: the only numbers that may be sent to. They are stored here, where no log, table or environment shows
   * them.
   */
  recipients: v.optional(RECIPIENTS),
};
/**
 * Test credentials have no API keys: the test account's sid and auth token take the place of a key and its secret. An auth token gives full
 * access to a live account, so live credentials need a key.
 */
const CREDENTIALS = v.pipe(
  v.union([
    v.strictObject({ ...ACCOUNT, from: v.pipe(v.string(), v.nonEmpty()) }),
    v.strictObject({ ...ACCOUNT, messagingServiceSid: sid("MG") }),
  ]),
  v.check(
    ({ mode, accountSid, apiKeySid }) =>
      apiKeySid.startsWith("SK") || (mode === "test" && apiKeySid === accountSid),
  ),
);

/** An API key of an account, and the sender: a number or sender id of it, or a messaging service. */
export type TwilioCredentials = v.InferOutput<typeof CREDENTIALS>;

/** Twilio's credentials from the JSON of a secret. The error describes the required form and quotes nothing. */
export function parseTwilioCredentials(secret: unknown): TwilioCredentials {
  const result = v.safeParse(CREDENTIALS, secret);
  if (result.success) return result.output;
  throw new Error(
    "the Twilio secret must hold mode (test or live), accountSid (AC…), apiKeySid (SK…; in test the AC… again, with its auth token), apiKeySecret, either from or messagingServiceSid (MG…), and recipients (1 to 50 numbers in E.164) where only those may be sent to",
  );
}

const REACH = v.picklist(["anyone", "listed"], "TWILIO_RECIPIENTS is anyone or listed");
export type TwilioReach = v.InferOutput<typeof REACH>;

/** The recipients that a stage may send to, from its environment. Throws for any other value. */
export function twilioReachOf({
  TWILIO_RECIPIENTS,
}: {
  readonly TWILIO_RECIPIENTS: string;
}): TwilioReach {
  return v.parse(REACH, TWILIO_RECIPIENTS);
}

/**
 * Accepts credentials whose list fits the stage. Without a list they would reach strangers if the stage needs one; with a list they belong to
 * another stage.
 */
export function reachingAsFarAs(reach: TwilioReach, credentials: TwilioCredentials) {
  const has = credentials.recipients === undefined ? "anyone" : "listed";
  if (has !== reach)
    throw new Error(
      reach === "listed"
        ? "the Twilio secret names no recipients, and this stage may send to no others"
        : "the Twilio secret names recipients, and this stage may send to anyone",
    );
  return credentials;
}

/** Reads credentials of the stage's mode, and throws for the other one: a test must not reach people, and production must not send nothing. */
export function twilioCredentialsFor({
  TWILIO_MODE,
}: {
  readonly TWILIO_MODE: string;
}): (secret: unknown) => TwilioCredentials {
  const mode = v.parse(v.picklist(TWILIO_MODES, "TWILIO_MODE is test or live"), TWILIO_MODE);
  return (secret) => {
    const credentials = parseTwilioCredentials(secret);
    if (credentials.mode !== mode)
      throw new Error(`the Twilio secret is ${credentials.mode}, and this stage is ${mode}`);
    return credentials;
  };
}
