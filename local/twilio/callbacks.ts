import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { TwilioAccount } from "./credentials.ts";
import type { StoredMessage } from "./messages.ts";

/** One status callback, so long after the message was accepted. */
type Step = {
  readonly status: "sent" | "delivered" | "undelivered";
  readonly afterMilliseconds: number;
  readonly errorCode?: number;
};

/** Twilio's callbacks of one message. Their order is not promised, nor that one comes once, or ever. */
export type CallbackPlan = readonly Step[];

const SENT: Step = { status: "sent", afterMilliseconds: 0 };
const DELIVERED: Step = { status: "delivered", afterMilliseconds: 20 };

/** The ways in which callbacks come. https://www.twilio.com/docs/messaging/guides/track-outbound-message-status */
export const CALLBACK_PLANS = {
  usual: [SENT, DELIVERED],
  late: [SENT, { ...DELIVERED, afterMilliseconds: 1_000 }],
  twice: [SENT, SENT, DELIVERED, DELIVERED],
  "out of order": [
    { ...DELIVERED, afterMilliseconds: 0 },
    { ...SENT, afterMilliseconds: 20 },
  ],
  never: [],
  /** 30003: the handset is off or out of reach. */
  undelivered: [SENT, { status: "undelivered", afterMilliseconds: 20, errorCode: 30_003 }],
} as const satisfies Readonly<Record<string, CallbackPlan>>;

/** Makes the callbacks of one message. What they are answered changes nothing; Twilio would ask once more where nobody answers. */
export async function makeCallbacks(
  { accountSid, authToken }: TwilioAccount,
  message: Pick<StoredMessage, "sid" | "to" | "from">,
  { url, plan, signal }: { url: string; plan: CallbackPlan; signal: AbortSignal },
): Promise<void> {
  const one = async ({ status, afterMilliseconds, errorCode }: Step): Promise<void> => {
    await delay(afterMilliseconds, undefined, { signal });
    const form = {
      AccountSid: accountSid,
      ApiVersion: "2010-04-01",
      From: message.from ?? "",
      MessageSid: message.sid,
      MessageStatus: status,
      SmsSid: message.sid,
      SmsStatus: status,
      To: message.to,
      ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
    };
    const headers = { "x-twilio-signature": signatureOf(authToken, url, form) };
    // The fragment is for Twilio alone: it says how to connect. It is neither sent nor signed.
    await fetch(withoutFragment(url), {
      method: "POST",
      headers,
      body: new URLSearchParams(form),
      signal,
      redirect: "manual",
    });
  };
  await Promise.allSettled(plan.map(one));
}

/** HMAC-SHA1 over the address as it was given, and each parameter's name and value, sorted. https://www.twilio.com/docs/usage/security#validating-requests */
function signatureOf(
  authToken: string,
  url: string,
  form: Readonly<Record<string, string>>,
): string {
  const parameters = Object.entries(form)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flat();
  return createHmac("sha1", authToken)
    .update([withoutFragment(url), ...parameters].join(""))
    .digest("base64");
}

function withoutFragment(url: string): string {
  return url.split("#")[0] ?? url;
}
