import type { TwilioAccount } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { messageResource, newMessage, rfc2822, type StoredMessage } from "./messages.ts";

/** A text that has reached its phone. */
export type Arrival = {
  readonly sid: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
};

type Call = { readonly sid: string; readonly parameters: Readonly<Record<string, string>> };
/** What an operation answers. */
export type Result = { readonly status: number; readonly body: unknown };
export type Handlers = Readonly<Record<string, (call: Call) => Result>>;

type State = {
  readonly account: TwilioAccount;
  readonly messages: Map<string, StoredMessage>;
  readonly outcomes: Map<string, readonly string[]>;
  readonly onArrival: (arrival: Arrival) => void;
};

/** The operations on messages, by the id that Twilio's document gives them. */
export function handlersOf({ account, messages, outcomes, onArrival }: State): Handlers {
  const find = (sid: string): StoredMessage => {
    const message = messages.get(sid);
    if (message === undefined)
      throw new TwilioFault(20_404, `The message ${sid} was not found`, 404);
    return message;
  };
  return {
    CreateMessage: ({ parameters }) => {
      const message = newMessage(parameters, new Date());
      const { sid, to, body, createdAt } = message;
      messages.set(sid, { ...message, status: "delivered" });
      onArrival({ sid, to, text: body, at: createdAt });
      return { status: 201, body: messageResource(account, message) };
    },
    FetchMessage: ({ sid }) => ({ status: 200, body: messageResource(account, find(sid)) }),
    UpdateMessage: ({ sid, parameters }) => {
      if (parameters["Body"] !== "") throw new TwilioFault(20_001, "Body can only be emptied");
      const redacted: StoredMessage = { ...find(sid), body: "", updatedAt: new Date() };
      messages.set(sid, redacted);
      return { status: 200, body: messageResource(account, redacted) };
    },
    CreateMessageFeedback: ({ sid, parameters }) => {
      const { createdAt } = find(sid);
      const outcome = parameters["Outcome"] ?? "confirmed";
      outcomes.set(sid, [...(outcomes.get(sid) ?? []), outcome]);
      return { status: 200, body: feedbackResource(account, sid, outcome, createdAt) };
    },
  };
}

function feedbackResource(
  { accountSid }: TwilioAccount,
  sid: string,
  outcome: string,
  createdAt: Date,
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
