import * as v from "valibot";

/** A Twilio identifier: two letters for its kind and 32 hex digits, as Twilio's OpenAPI document has it. */
const sid = (kind: "AC" | "SK" | "MG") =>
  v.pipe(v.string(), v.regex(new RegExp(`^${kind}[0-9a-fA-F]{32}$`)));

const ACCOUNT = {
  accountSid: sid("AC"),
  apiKeySid: sid("SK"),
  apiKeySecret: v.pipe(v.string(), v.nonEmpty()),
};
const CREDENTIALS = v.union([
  v.strictObject({ ...ACCOUNT, from: v.pipe(v.string(), v.nonEmpty()) }),
  v.strictObject({ ...ACCOUNT, messagingServiceSid: sid("MG") }),
]);

/** An API key of an account, and who sends: a number or sender id of it, or a messaging service. */
export type TwilioCredentials = v.InferOutput<typeof CREDENTIALS>;

/** Twilio's credentials from the JSON of a secret. Throws an error that says what they must be and nothing of what was there. */
export function parseTwilioCredentials(secret: unknown): TwilioCredentials {
  const result = v.safeParse(CREDENTIALS, secret);
  if (result.success) return result.output;
  throw new Error(
    "the Twilio secret must hold accountSid (AC…), apiKeySid (SK…), apiKeySecret, and either from or messagingServiceSid (MG…)",
  );
}
