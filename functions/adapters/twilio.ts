import Twilio from "twilio/lib/rest/Twilio.js";
import type { FaultLog, MessageSender, SendOutcome, Settler } from "../verification/ports.ts";
import { once } from "./once.ts";
import type { TwilioCredentials } from "./twilio-credentials.ts";
import { describeFault, isUnauthorized, outcomeOf } from "./twilio-errors.ts";
import { NotSent, type TransportOptions, TwilioTransport } from "./twilio-transport.ts";

export { twilioCredentialsFor } from "./twilio-credentials.ts";

export type TwilioOptions = TransportOptions & {
  readonly credentials: () => Promise<TwilioCredentials>;
};

/**
 * Sends messages as SMS, each with one request and never a second one. Hears from nobody whether they arrived.
 * `logFault` gets what an operator can mend: credentials, senders, an account, Twilio itself.
 */
export function twilioSender({
  logFault,
  ...options
}: TwilioOptions & { readonly logFault: FaultLog }): MessageSender {
  const account = accountOf(options);
  const reportFault = (outcome: SendOutcome, fault: unknown): void => {
    if (outcome.kind === "unknown") logFault("message-unanswered", new Error(describeFault(fault)));
    if (outcome.kind === "refused" && outcome.why === "provider-unavailable")
      logFault("message-refused", new Error(describeFault(fault)));
  };
  return {
    send: async ({ to, text, lifetimeSeconds }) => {
      try {
        const { client, sender } = await account.open();
        const { sid } = await client.messages.create({
          ...sender,
          to,
          body: text,
          validityPeriod: lifetimeSeconds,
          // Promises the feedback that the settler gives; Twilio learns from it which traffic is pumping.
          provideFeedback: true,
          // A typographic quote in the brand would otherwise double the price of the message.
          smartEncoded: true,
        });
        if (!MESSAGE_SID.test(sid)) throw new Error("an answer without the sid of a message");
        return { kind: "accepted", messageSid: sid };
      } catch (fault) {
        const outcome = outcomeOf(fault);
        if (isUnauthorized(fault)) account.forget();
        reportFault(outcome, fault);
        return outcome;
      }
    },
  };
}

/**
 * Tells Twilio that a message did its work, and empties the text it keeps. Both are tried, both may be repeated.
 * Throws when either failed, and names no number, text or credential.
 */
export function twilioSettler(options: TwilioOptions): Settler {
  const account = accountOf(options);
  return {
    settle: async (messageSid) => {
      const { client } = await account.open();
      const message = client.messages(messageSid);
      const results = await Promise.allSettled([
        message.feedback.create({ outcome: "confirmed" }),
        message.update({ body: "" }),
      ]);
      const isUnknown = results.some(
        (result) => result.status === "rejected" && isUnauthorized(result.reason),
      );
      if (isUnknown) account.forget();
      const faults = results.flatMap((result, step) =>
        result.status === "rejected"
          ? [`${SETTLE_STEPS[step]}: ${describeFault(result.reason)}`]
          : [],
      );
      if (faults.length > 0) throw new Error(faults.join("; "));
    },
  };
}

const SETTLE_STEPS = ["feedback", "redaction"] as const;

/** As Twilio's OpenAPI document has it. */
const MESSAGE_SID = /^(SM|MM)[0-9a-fA-F]{32}$/;

type Account = {
  readonly client: Twilio;
  readonly sender: { readonly from: string } | { readonly messagingServiceSid: string };
};

/**
 * The account, opened at the first send and kept until Twilio no longer knows its credentials: whoever changes them need not replace the
 * functions. Without credentials there is none, and nothing was sent.
 */
function accountOf({ credentials, ...transport }: TwilioOptions) {
  const opened = () =>
    once(async (): Promise<Account> => {
      const {
        mode: _,
        accountSid,
        apiKeySid,
        apiKeySecret,
        ...sender
      } = await credentials().catch((fault: unknown) => {
        throw new NotSent(fault instanceof Error ? fault.message : "no credentials");
      });
      const httpClient = new TwilioTransport(transport);
      return { client: new Twilio(apiKeySid, apiKeySecret, { accountSid, httpClient }), sender };
    });
  let current = opened();
  return {
    open: () => current(),
    forget: () => {
      current = opened();
    },
  };
}
