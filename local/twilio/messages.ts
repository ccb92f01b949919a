import * as v from "valibot";
import { TIME } from "../persistence/journal.ts";
import { channelOf, numberIn } from "./channels.ts";
import { newHex, OWNED_NUMBER } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { checkRecipient, checkSender } from "./magic-numbers.ts";

/** The statuses of an outgoing message that is neither scheduled nor canceled, as Twilio's OpenAPI document has them, in their order. */
const MESSAGE_STATUSES = [
  "accepted",
  "queued",
  "sending",
  "sent",
  "failed",
  "undelivered",
  "delivered",
  "read",
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** A message as Twilio stores it. */
export const STORED_MESSAGE = v.object({
  sid: v.string(),
  to: v.string(),
  from: v.nullable(v.string()),
  messagingServiceSid: v.nullable(v.string()),
  /** The shown text; of a template, the rendered one. */
  body: v.string(),
  /** Whether it was made of a template. Outside of a conversation WhatsApp takes nothing else. */
  isTemplate: v.optional(v.boolean(), false),
  status: v.picklist(MESSAGE_STATUSES),
  errorCode: v.optional(v.nullable(v.number()), null),
  createdAt: TIME,
  updatedAt: TIME,
});
export type StoredMessage = Readonly<v.InferOutput<typeof STORED_MESSAGE>>;

type Parameters = Readonly<Record<string, string>>;

/** Twilio's own limit. https://www.twilio.com/docs/errors/21617 */
const LONGEST_BODY_CHARACTERS = 1_600;
/** https://www.twilio.com/docs/messaging/api/message-resource: `ValidityPeriod`. */
const LONGEST_VALIDITY_SECONDS = 36_000;

/** A new message from the parameters of its request; throws the fault that Twilio would answer. */
export function newMessage(parameters: Parameters, now: Date): StoredMessage {
  const { To: to = "", From: from = "", MessagingServiceSid: service = "" } = parameters;
  if (to === "") throw new TwilioFault(21_604, "A 'To' phone number is required");
  if (from === "" && service === "")
    throw new TwilioFault(21_603, "A 'From' or 'MessagingServiceSid' is required");
  const { body, isTemplate } = contentOf(parameters);
  checkValidity(parameters["ValidityPeriod"]);
  if (service === "") checkSides(from, to);
  checkRecipient("message", numberIn(to));
  return {
    sid: `SM${newHex()}`,
    to,
    from: from === "" ? null : from,
    messagingServiceSid: service === "" ? null : service,
    body,
    isTemplate,
    status: service === "" ? "queued" : "accepted",
    errorCode: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** https://www.twilio.com/docs/api/errors: 21602, 21617, 21654. */
function contentOf(parameters: Parameters): { body: string; isTemplate: boolean } {
  const { Body: body = "", ContentSid: template = "" } = parameters;
  const { ContentVariables: variables = "" } = parameters;
  if (template !== "") return { body: renderedTemplate(variables), isTemplate: true };
  if (variables !== "") throw new TwilioFault(21_654, "A ContentSid is required");
  if (body === "") throw new TwilioFault(21_602, "A message body is required");
  if (body.length > LONGEST_BODY_CHARACTERS)
    throw new TwilioFault(21_617, "The message body is too long");
  return { body, isTemplate: false };
}

/** A sender reaches its own channel alone. https://www.twilio.com/docs/api/errors/63007, https://www.twilio.com/docs/api/errors/21910 */
function checkSides(from: string, to: string): void {
  const isToWhatsapp = channelOf(to) === "whatsapp";
  if (isToWhatsapp !== (channelOf(from) === "whatsapp"))
    throw new TwilioFault(21_910, "'From' and 'To' are not of the same channel");
  if (isToWhatsapp && numberIn(from) !== OWNED_NUMBER)
    throw new TwilioFault(63_007, `No channel has the address ${from}`);
  checkSender("message", numberIn(from));
}

function checkValidity(seconds: string | undefined): void {
  if (seconds === undefined) return;
  const isInRange = Number(seconds) >= 1 && Number(seconds) <= LONGEST_VALIDITY_SECONDS;
  if (!isInRange) throw new TwilioFault(20_001, "Invalid parameter ValidityPeriod");
}

/** The resource as the API shows it, without what is the same for every one. https://www.twilio.com/docs/messaging/api/message-resource */
export function messageResource(accountSid: string, message: StoredMessage): unknown {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: "2010-04-01",
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: isOnItsWay(message.status) ? null : rfc2822(message.updatedAt),
    date_updated: rfc2822(message.updatedAt),
    direction: "outbound-api",
    error_code: message.errorCode,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    // Only known once a sender of the service is chosen.
    num_segments: message.status === "accepted" ? "0" : String(segments(message.body)),
    price: null,
    price_unit: "USD",
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

function isOnItsWay(status: MessageStatus): boolean {
  return status === "accepted" || status === "queued" || status === "sending";
}

export function rfc2822(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

/** GSM 03.38 counts 160 characters a message, UCS-2 70; parts of a long one a little less. Its extension table is left out. */
function segments(body: string): number {
  const isGsm = /^[\n\r -~£¥èéùìòÇØøÅåÄÖÑÜ§¿äöñüà¡]*$/.test(body) && !/[`^{}[\]~\\|]/.test(body);
  const [single, part] = isGsm ? [160, 153] : [70, 67];
  return body.length <= single ? 1 : Math.ceil(body.length / part);
}

/** An authentication template has one variable, its code, of at most 15 characters. https://www.twilio.com/docs/content/whatsappauthentication */
const VARIABLES = v.strictObject({ "1": v.pipe(v.string(), v.regex(/^[\w-]{1,15}$/)) });

/** What Meta makes of every approved authentication template, with the recommendation and the minutes that it may have. No sender may word it otherwise. */
const LIFE_MINUTES = 5;

/**
 * The text of an authentication template. Every template is taken for an approved one: this emulator keeps no list of them. Throws the fault of
 * variables that do not fit. https://www.twilio.com/docs/api/errors/21656
 */
function renderedTemplate(contentVariables: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), VARIABLES), contentVariables);
  if (!parsed.success) throw new TwilioFault(21_656, "The Content Variables parameter is invalid");
  const { "1": code } = parsed.output;
  return `${code} is your verification code. For your security, do not share this code.\nThis code expires in ${LIFE_MINUTES} minutes.`;
}
