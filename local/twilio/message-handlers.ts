import { channelOf, numberIn } from "./channels.ts";
import type { Disturbance } from "./disturbances.ts";
import { TwilioFault } from "./faults.ts";
import { type Judge, judged, type Result } from "./judging.ts";
import type { Ledger } from "./ledger.ts";
import { type Course, courseOf } from "./message-courses.ts";
import { messageResource, newMessage, rfc2822, type StoredMessage } from "./messages.ts";
import { answered, type Handlers, type OperationCall, refuseTests } from "./operation-call.ts";

/** A text for a phone. */
export type Delivery = {
  readonly sid: string;
  readonly to: string;
  readonly text: string;
  readonly channel: "sms" | "whatsapp";
};

/** Delivers a text to its phone, at once or after this time. */
export type Deliver = (delivery: Delivery, afterMilliseconds?: number) => void;

export type Messaging = Judge & {
  readonly ledger: Ledger;
  readonly deliver: Deliver;
  /** Runs the course of a message, and reports it if there is an address. */
  readonly follow: (message: StoredMessage, course: Course, url: string) => void;
  readonly secondMilliseconds: number;
};

export function messageHandlers(messaging: Messaging): Handlers {
  const { ledger } = messaging;
  const { accountSid } = ledger.account;
  const find = (call: OperationCall): StoredMessage => {
    refuseTests(call);
    const message = ledger.message(call.sid);
    if (message === undefined)
      throw new TwilioFault(20_404, `The message ${call.sid} was not found`, 404);
    return message;
  };
  return {
    FetchAccount: (call) => {
      refuseTests(call);
      return answered(200, { sid: accountSid, status: "active", type: "Full" });
    },
    ListMessage: (call) => {
      refuseTests(call);
      const size = Number(call.parameters["PageSize"] ?? 50);
      const newest = ledger.messages().slice(-size).toReversed();
      const messages = newest.map((message) => messageResource(accountSid, message));
      return answered(200, { messages, page: 0, page_size: size, next_page_uri: null });
    },
    CreateMessage: (call) =>
      call.mode === "test"
        ? testMessage(ledger, call.parameters)
        : liveMessage(messaging, call.parameters),
    FetchMessage: (call) => answered(200, messageResource(accountSid, find(call))),
    UpdateMessage: (call) => {
      const message = find(call);
      if (call.parameters["Body"] !== "") throw new TwilioFault(20_001, "Body can only be emptied");
      const redacted: StoredMessage = { ...message, body: "", updatedAt: new Date() };
      ledger.keep(redacted);
      return answered(200, messageResource(accountSid, redacted));
    },
    CreateMessageFeedback: (call) => {
      const { sid, createdAt } = find(call);
      const outcome = call.parameters["Outcome"] ?? "confirmed";
      ledger.addOutcome(sid, outcome);
      return answered(200, feedbackResource(accountSid, sid, { outcome, createdAt }));
    },
  };
}

type Parameters = OperationCall["parameters"];

function testMessage({ account }: Ledger, parameters: Parameters): Result {
  const message = newMessage(parameters, new Date());
  return answered(201, messageResource(account.testAccountSid, message));
}

function liveMessage(messaging: Messaging, parameters: Parameters): Result {
  const message = newMessage(parameters, new Date());
  const { StatusCallback: url = "" } = parameters;
  const { to } = message;
  const courseUnder = (disturbance: Disturbance): Course =>
    courseOf(disturbance, {
      channel: channelOf(to),
      hasService: message.messagingServiceSid !== null,
      secondMilliseconds: messaging.secondMilliseconds,
    });
  const callbacksUnder = (disturbance: Disturbance) =>
    url === "" ? [] : courseUnder(disturbance).steps.map(({ status }) => status);
  const asked = { channel: channelOf(to), to, callbacksUnder, flaw: flawOf(message) };
  return judged(messaging, asked, (disturbance) => {
    take(messaging, { message, course: courseUnder(disturbance), url });
    const { accountSid } = messaging.ledger.account;
    return { sid: message.sid, result: answered(201, messageResource(accountSid, message)) };
  });
}

/** No recipient here has written to the sender on WhatsApp, so that only templates pass. https://www.twilio.com/docs/api/errors/63016 */
function flawOf({ to, isTemplate }: StoredMessage): Disturbance {
  const isFree = channelOf(to) === "whatsapp" && !isTemplate;
  return isFree ? { end: { status: "failed", errorCode: 63_016 } } : {};
}

type Taking = { readonly message: StoredMessage; readonly course: Course; readonly url: string };

function take(messaging: Messaging, { message, course, url }: Taking): void {
  const { sid, to, body: text } = message;
  // First to the phone: if this process ends in between, what was sent is not lost.
  if (course.arrivesAfterMilliseconds !== undefined)
    messaging.deliver(
      { sid, to: numberIn(to), text, channel: channelOf(to) },
      course.arrivesAfterMilliseconds,
    );
  messaging.ledger.keep(message);
  messaging.follow(message, course, url);
}

function feedbackResource(
  accountSid: string,
  sid: string,
  { outcome, createdAt }: { readonly outcome: string; readonly createdAt: Date },
): unknown {
  return {
    account_sid: accountSid,
    message_sid: sid,
    outcome,
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(new Date()),
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Feedback.json`,
  };
}
