import { testCall } from "./calls.ts";
import type { Mode } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import { refuse } from "./magic-numbers.ts";
import { messageResource, newMessage, rfc2822, type StoredMessage } from "./messages.ts";
import { TROUBLED_NUMBERS } from "./troubled-numbers.ts";

/** A text on its way to its phone. */
export type Delivery = { readonly sid: string; readonly to: string; readonly text: string };

type Call = {
  readonly mode: Mode;
  readonly sid: string;
  readonly parameters: Readonly<Record<string, string>>;
};
/** What an operation answers; "nothing" where no answer ever comes. */
export type Result = { readonly status: number; readonly body: unknown } | "nothing";
export type Handlers = Readonly<Record<string, (call: Call) => Result>>;

type Parts = {
  readonly ledger: Ledger;
  readonly deliver: (delivery: Delivery) => void;
  /** Tells of a message that its maker wants to hear about, and where. */
  readonly report: (message: StoredMessage, url: string) => void;
};

/** The operations by the id that Twilio's document gives them. */
export function handlersOf(parts: Parts): Handlers {
  const { ledger } = parts;
  const { accountSid } = ledger.account;
  const find = (sid: string): StoredMessage => {
    const message = ledger.message(sid);
    if (message === undefined)
      throw new TwilioFault(20_404, `The message ${sid} was not found`, 404);
    return message;
  };
  return {
    CreateMessage: ({ mode, parameters }) =>
      mode === "test" ? testMessage(ledger, parameters) : liveMessage(parts, parameters),
    CreateCall: ({ mode, parameters }) => {
      // As for an API key that may only send messages: nothing of Latchkey calls.
      if (mode === "live") throw new TwilioFault(20_003, "Permission denied", 403);
      const call = testCall(ledger.account.testAccountSid, parameters, new Date());
      return { status: 201, body: call };
    },
    FetchMessage: ({ mode, sid }) => {
      refuseTests(mode);
      return { status: 200, body: messageResource(accountSid, find(sid)) };
    },
    UpdateMessage: ({ mode, sid, parameters }) => {
      refuseTests(mode);
      if (parameters["Body"] !== "") throw new TwilioFault(20_001, "Body can only be emptied");
      const redacted: StoredMessage = { ...find(sid), body: "", updatedAt: new Date() };
      ledger.keep(redacted);
      return { status: 200, body: messageResource(accountSid, redacted) };
    },
    CreateMessageFeedback: ({ mode, sid, parameters }) => {
      refuseTests(mode);
      const { createdAt } = find(sid);
      const outcome = parameters["Outcome"] ?? "confirmed";
      ledger.addOutcome(sid, outcome);
      return { status: 200, body: feedbackResource(accountSid, sid, { outcome, createdAt }) };
    },
  };
}

/** https://www.twilio.com/docs/api/errors/20008 */
function refuseTests(mode: Mode): void {
  if (mode === "test")
    throw new TwilioFault(20_008, "Resource not accessible with Test Account Credentials", 403);
}

function testMessage({ account }: Ledger, parameters: Call["parameters"]): Result {
  const message = newMessage(parameters, new Date());
  return { status: 201, body: messageResource(account.testAccountSid, message) };
}

function liveMessage({ ledger, deliver, report }: Parts, parameters: Call["parameters"]): Result {
  const message = newMessage(parameters, new Date());
  const { sid, to, body: text } = message;
  const trouble = TROUBLED_NUMBERS[to];
  if (trouble?.kind === "refused") refuse("To", to, trouble.code);
  if (trouble?.kind === "broken") throw new TwilioFault(20_500, "Internal Server Error", 500);
  // First to the phone: if this process ends in between, what was sent is not lost.
  if (trouble?.kind !== "lost") deliver({ sid, to, text });
  ledger.keep({ ...message, status: trouble?.kind === "lost" ? "sent" : "delivered" });
  const { StatusCallback: url = "" } = parameters;
  if (url !== "") report(message, url);
  if (trouble?.kind === "unanswered") return "nothing";
  return { status: 201, body: messageResource(ledger.account.accountSid, message) };
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
