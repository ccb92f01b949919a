import type { FaultLog, Message, MessageSender, SendOutcome } from "../../verification/ports.ts";
import { accountOf, type TwilioOptions } from "./account.ts";
import { twilioApi } from "./api.ts";
import { TWILIO_CHANNELS } from "./channels.ts";
import { describeFault, isUnauthorized, outcomeOf } from "./errors.ts";
import {
  callRequest,
  type Senders,
  type SmsSender,
  smsRequest,
  whatsAppRequest,
} from "./requests.ts";

export { twilioCredentialsFor } from "./credentials.ts";
export { sendersIn } from "./requests.ts";

type Account = Awaited<ReturnType<ReturnType<typeof accountOf>["open"]>>;

/**
 * Sends codes as SMS, by WhatsApp or by a call, each with exactly one request. Reports come to the address in each request. `logFault` receives
 * faults that an operator can fix: credentials, senders, the account, Twilio itself.
 */
export function twilioSender({
  logFault,
  senders,
  ...options
}: TwilioOptions & { readonly logFault: FaultLog; readonly senders: Senders }): MessageSender {
  const account = accountOf(options);
  const failed = (fault: unknown): SendOutcome => {
    const { page, ...outcome } = outcomeOf(fault);
    if (isUnauthorized(fault)) account.forget();
    const what = outcome.kind === "unknown" ? "message-unanswered" : "message-refused";
    if (page) logFault(what, new Error(describeFault(fault)));
    return outcome;
  };
  return {
    send: async (message) => {
      try {
        const { sid } = await create(await account.open(), senders, message);
        if (!TWILIO_CHANNELS[message.channel].messageId.test(sid))
          throw new Error("an answer without the sid");
        return { kind: "accepted", provider: "twilio", messageId: sid };
      } catch (fault) {
        return failed(fault);
      }
    },
  };
}

function create(
  { client, sender }: Account,
  senders: Senders,
  message: Message,
): Promise<{ readonly sid: string }> {
  const api = twilioApi(client);
  switch (message.channel) {
    case "sms":
      return api.createMessage({
        ...(senders.sms?.get(message.country) ?? senderOf(sender)),
        ...smsRequest(message, senders),
      });
    case "whatsapp":
      return api.createMessage(whatsAppRequest(message, senders));
    case "voice":
      return api.createCall(callRequest(message, senders));
  }
}

function senderOf(sender: Account["sender"]): SmsSender {
  return "from" in sender
    ? { From: sender.from }
    : { MessagingServiceSid: sender.messagingServiceSid };
}
