import * as v from "valibot";
import { isE164 } from "../../verification/identifiers.ts";

/** A Twilio identifier: two letters for its kind and 32 hex digits, as Twilio's OpenAPI document has it. */
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
  /** In live credentials outside production: the only numbers that may be sent to. They lie here, where no log, table or environment shows them. */
  recipients: v.optional(RECIPIENTS),
};
/** Test credentials have no API keys: the test account's sid and auth token stand where a key and its secret do. An auth token opens a live account to everything, so there a key it is. */
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

/** An API key of an account, and who sends: a number or sender id of it, or a messaging service. */
export type TwilioCredentials = v.InferOutput<typeof CREDENTIALS>;

/** Twilio's credentials from the JSON of a secret. Throws an error that says what they must be and nothing of what was there. */
export function parseTwilioCredentials(secret: unknown): TwilioCredentials {
  const result = v.safeParse(CREDENTIALS, secret);
  if (result.success) return result.output;
  throw new Error(
    "the Twilio secret must hold mode (test or live), accountSid (AC…), apiKeySid (SK…; in test the AC… again, with its auth token), apiKeySecret, either from or messagingServiceSid (MG…), and recipients (1 to 50 numbers in E.164) where only those may be sent to",
  );
}

const REACH = v.picklist(["anyone", "listed"], "TWILIO_RECIPIENTS is anyone or listed");
export type TwilioReach = v.InferOutput<typeof REACH>;

/** How far a stage may send, from its environment. Throws where that says nothing. */
export function twilioReachOf({
  TWILIO_RECIPIENTS,
}: {
  readonly TWILIO_RECIPIENTS: string;
}): TwilioReach {
  return v.parse(REACH, TWILIO_RECIPIENTS);
}

/** Lets credentials pass whose list fits the stage. One without a list would reach strangers where there must be one; one with a list was meant for another stage. */
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

/** Reads credentials of the mode that the stage is for, and throws where they are of the other: neither may a test reach people, nor a person be sent nothing. */
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
