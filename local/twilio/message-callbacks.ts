import { setTimeout as delay } from "node:timers/promises";
import { channelOf, numberIn } from "./channels.ts";
import { newHex, type TwilioAccount } from "./credentials.ts";
import type { CallbackPlan, Step } from "./message-courses.ts";
import type { StoredMessage } from "./messages.ts";
import { ask } from "./requests.ts";
import { PHONE_WITH_RCS } from "./troubled-numbers.ts";

type Message = Pick<StoredMessage, "sid" | "to" | "from" | "messagingServiceSid">;
type Parameters = Readonly<Record<string, string>>;

/** A callback without an answer delays the next one for this long, and no longer. */
const PATIENCE_MILLISECONDS = 1_000;

/** Sends the callbacks of one message at their times, in the order of the plan. Their answers are ignored. */
export async function makeCallbacks(
  { accountSid, authToken }: Pick<TwilioAccount, "accountSid" | "authToken">,
  message: Message,
  { url, plan, signal }: { url: string; plan: CallbackPlan; signal: AbortSignal },
): Promise<void> {
  const install = `XE${newHex()}`;
  const startedAt = performance.now();
  for (const step of plan) {
    const elapsed = performance.now() - startedAt;
    await delay(Math.max(0, step.afterMilliseconds - elapsed), undefined, { signal });
    const form = { ...formOf(accountSid, message, step), ...channelForm(message, step, install) };
    await Promise.race([
      ask(authToken, { url, form, signal }),
      delay(PATIENCE_MILLISECONDS, undefined, { signal, ref: false }),
    ]);
  }
}

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status */
function formOf(accountSid: string, message: Message, { status, errorCode }: Step): Parameters {
  const { sid, to, from, messagingServiceSid } = message;
  return {
    AccountSid: accountSid,
    ApiVersion: "2010-04-01",
    // A service has chosen none yet.
    ...(from === null ? {} : { From: from }),
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: to,
    ...(messagingServiceSid === null ? {} : { MessagingServiceSid: messagingServiceSid }),
    ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
  };
}

const EVENT_TYPES: Readonly<Record<string, string>> = {
  delivered: "DELIVERED",
  undelivered: "UNDELIVERED",
  read: "READ",
};

/** The parameters of one channel: a carrier's receipt of an SMS, or the recipient of WhatsApp. */
function channelForm(message: Message, { status }: Step, install: string): Parameters {
  const eventType = EVENT_TYPES[status];
  if (isByRcs(message) && eventType !== undefined)
    return { From: "rcs:latchkey_agent", ChannelPrefix: "rcs", EventType: eventType };
  if (channelOf(message.to) === "sms")
    return eventType === undefined ? {} : { RawDlrDoneDate: receiptTime(new Date()) };
  return {
    ChannelPrefix: "whatsapp",
    ChannelInstallSid: install,
    ChannelToAddress: numberIn(message.to),
    StructuredMessage: "false",
    ...(eventType === undefined ? {} : { EventType: eventType }),
  };
}

/** A phone with RCS. Only a Messaging Service has an RCS sender, which it prefers. https://www.twilio.com/docs/rcs/send-an-rcs-message */
function isByRcs({ to, messagingServiceSid }: Message): boolean {
  return to === PHONE_WITH_RCS && messagingServiceSid !== null;
}

/** YYMMDDhhmm, in UTC. */
function receiptTime(now: Date): string {
  return now.toISOString().replace(/\D/g, "").slice(2, 12);
}
