import * as v from "valibot";
import { newHex } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { checkRecipient, checkSender } from "./magic-numbers.ts";

const TIME = v.pipe(
  v.union([v.date(), v.string()]),
  v.transform((time) => new Date(time)),
);

/** A message as Twilio keeps it. */
export const STORED_MESSAGE = v.object({
  sid: v.string(),
  to: v.string(),
  from: v.nullable(v.string()),
  messagingServiceSid: v.nullable(v.string()),
  body: v.string(),
  status: v.picklist(["queued", "accepted", "sent", "delivered"]),
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
  const {
    To: to = "",
    From: from = "",
    MessagingServiceSid: service = "",
    Body: body = "",
  } = parameters;
  if (to === "") throw new TwilioFault(21_604, "A 'To' phone number is required");
  if (from === "" && service === "")
    throw new TwilioFault(21_603, "A 'From' or 'MessagingServiceSid' is required");
  if (body === "") throw new TwilioFault(21_602, "A message body is required");
  if (body.length > LONGEST_BODY_CHARACTERS)
    throw new TwilioFault(21_617, "The message body is too long");
  checkValidity(parameters["ValidityPeriod"]);
  if (service === "") checkSender("messages", from);
  checkRecipient("messages", to);
  return {
    sid: `SM${newHex()}`,
    to,
    from: from === "" ? null : from,
    messagingServiceSid: service === "" ? null : service,
    body,
    status: service === "" ? "queued" : "accepted",
    createdAt: now,
    updatedAt: now,
  };
}

function checkValidity(seconds: string | undefined): void {
  if (seconds === undefined) return;
  const isInRange = Number(seconds) >= 1 && Number(seconds) <= LONGEST_VALIDITY_SECONDS;
  if (!isInRange) throw new TwilioFault(20_001, "Invalid parameter ValidityPeriod");
}

/** The resource as the API shows it. https://www.twilio.com/docs/messaging/api/message-resource */
export function messageResource(accountSid: string, message: StoredMessage): unknown {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: "2010-04-01",
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: message.status === "delivered" ? rfc2822(message.updatedAt) : null,
    date_updated: rfc2822(message.updatedAt),
    direction: "outbound-api",
    error_code: null,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: "0",
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

export function rfc2822(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

/** GSM 03.38 counts 160 characters a message, UCS-2 70; parts of a long one a little less. Its extension table is left out. */
function segments(body: string): number {
  const isGsm = /^[\n\r -~£¥èéùìòÇØøÅåÄÖÑÜ§¿äöñüà¡]*$/.test(body) && !/[`^{}[\]~\\|]/.test(body);
  const [single, part] = isGsm ? [160, 153] : [70, 67];
  return body.length <= single ? 1 : Math.ceil(body.length / part);
}
