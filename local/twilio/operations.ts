/** The description of one value in Twilio's OpenAPI document. */
export type Schema = {
  readonly type: "string" | "boolean" | "integer";
  readonly pattern?: RegExp;
  readonly enum?: readonly string[];
  readonly isUri?: true;
};

/** One operation: where it is, and which parameters it takes. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  /** Of a GET, those of its query. */
  readonly form: Readonly<Record<string, Schema>>;
};

const TEXT: Schema = { type: "string" };
const URI: Schema = { type: "string", isUri: true };
const BOOLEAN: Schema = { type: "boolean" };
const INTEGER: Schema = { type: "integer" };

function sid(letters: string): Schema {
  return { type: "string", pattern: new RegExp(`^${letters}[0-9a-fA-F]{32}$`) };
}

function oneOf(...values: readonly string[]): Schema {
  return { type: "string", enum: values };
}

const MESSAGE: Operation["form"] = {
  To: TEXT,
  From: TEXT,
  MessagingServiceSid: sid("MG"),
  Body: TEXT,
  ContentSid: sid("HX"),
  ContentVariables: TEXT,
  StatusCallback: URI,
  ValidityPeriod: INTEGER,
  Attempt: INTEGER,
  ProvideFeedback: BOOLEAN,
  SmartEncoded: BOOLEAN,
  RiskCheck: oneOf("enable", "disable"),
};

const CALL: Operation["form"] = {
  To: TEXT,
  From: TEXT,
  Twiml: TEXT,
  Timeout: INTEGER,
  TimeLimit: INTEGER,
  Record: BOOLEAN,
  StatusCallback: URI,
};

const ACCOUNT = "/2010-04-01/Accounts/(?<AccountSid>AC[0-9a-fA-F]{32})";
const ONE_MESSAGE = "/Messages/(?<Sid>(?:SM|MM)[0-9a-fA-F]{32})";
const ONE_CALL = "/Calls/(?<Sid>CA[0-9a-fA-F]{32})";

const operation = (id: string, method: string, path: string, form: Operation["form"] = {}) => ({
  id,
  method,
  path: new RegExp(String.raw`^${ACCOUNT}${path}\.json$`),
  form,
});

/**
 * The emulated operations, with the parameters that Latchkey sends: types and patterns of Twilio's own document.
 * https://github.com/twilio/twilio-oai, spec/json/twilio_api_v2010.json
 */
export const OPERATIONS: readonly Operation[] = [
  operation("FetchAccount", "GET", ""),
  operation("ListMessage", "GET", "/Messages", { PageSize: INTEGER }),
  operation("CreateMessage", "POST", "/Messages", MESSAGE),
  operation("FetchMessage", "GET", ONE_MESSAGE),
  operation("UpdateMessage", "POST", ONE_MESSAGE, { Body: TEXT }),
  operation("CreateMessageFeedback", "POST", `${ONE_MESSAGE}/Feedback`, {
    Outcome: oneOf("confirmed", "unconfirmed"),
  }),
  operation("CreateCall", "POST", "/Calls", CALL),
  operation("FetchCall", "GET", ONE_CALL),
  operation("DeleteCall", "DELETE", ONE_CALL),
];
