import * as v from "valibot";
import { TIME } from "../persistence/journal.ts";
import { newHex } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { checkRecipient, checkSender } from "./magic-numbers.ts";
import { rfc2822 } from "./messages.ts";

/** As Twilio's OpenAPI document has them, of outgoing calls. */
const CALL_STATUSES = [
  "queued",
  "initiated",
  "ringing",
  "in-progress",
  "completed",
  "busy",
  "failed",
  "no-answer",
  "canceled",
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** A call as Twilio stores it: without the spoken text. */
export const STORED_CALL = v.object({
  sid: v.string(),
  to: v.string(),
  from: v.string(),
  status: v.picklist(CALL_STATUSES),
  durationSeconds: v.nullable(v.number()),
  createdAt: TIME,
  updatedAt: TIME,
});
export type StoredCall = Readonly<v.InferOutput<typeof STORED_CALL>>;

/** What a request for a call asks for. */
export type CallOrder = {
  readonly to: string;
  readonly from: string;
  readonly twiml: string;
  readonly ringSeconds: number;
  readonly statusCallback: string;
};

/** The longest TwiML in a request. https://www.twilio.com/docs/voice/api/call-resource */
const LONGEST_TWIML_CHARACTERS = 4_000;
const RING_SECONDS = { usual: 60, most: 600 };

/** What a request asks for, judged as Twilio does for all credentials; throws the fault that it would answer. */
export function callOrder(parameters: Readonly<Record<string, string>>): CallOrder {
  const { To: to = "", From: from = "", Twiml: twiml = "" } = parameters;
  if (to === "") throw new TwilioFault(21_201, "No 'To' number is specified");
  if (from === "") throw new TwilioFault(21_213, "No 'From' number is specified");
  if (twiml === "" || twiml.length > LONGEST_TWIML_CHARACTERS)
    throw new TwilioFault(21_205, "Url parameter is required");
  checkSender("call", from);
  checkRecipient("call", to);
  return {
    to,
    from,
    twiml,
    ringSeconds: ringSecondsOf(parameters["Timeout"]),
    statusCallback: parameters["StatusCallback"] ?? "",
  };
}

function ringSecondsOf(timeout: string | undefined): number {
  const seconds = Number(timeout ?? RING_SECONDS.usual);
  if (seconds > 0 && seconds <= RING_SECONDS.most) return seconds;
  throw new TwilioFault(20_001, "Invalid parameter Timeout");
}

export function newCall({ to, from }: CallOrder, now: Date): StoredCall {
  const times = { createdAt: now, updatedAt: now };
  return { sid: `CA${newHex()}`, to, from, status: "queued", durationSeconds: null, ...times };
}

export function isOver({ status }: Pick<StoredCall, "status">): boolean {
  return !["queued", "initiated", "ringing", "in-progress"].includes(status);
}

/** The resource as the API shows it, without what is the same for every one. https://www.twilio.com/docs/voice/api/call-resource */
export function callResource(accountSid: string, call: StoredCall): unknown {
  const { sid, to, from, status, durationSeconds, createdAt, updatedAt } = call;
  const uri = `/2010-04-01/Accounts/${accountSid}/Calls/${sid}`;
  return {
    account_sid: accountSid,
    api_version: "2010-04-01",
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(updatedAt),
    direction: "outbound-api",
    duration: durationSeconds === null ? null : String(durationSeconds),
    end_time: isOver(call) ? rfc2822(updatedAt) : null,
    from,
    price: null,
    price_unit: "USD",
    sid,
    start_time: status === "queued" ? null : rfc2822(createdAt),
    status,
    subresource_uris: { events: `${uri}/Events.json` },
    to,
    uri: `${uri}.json`,
  };
}
