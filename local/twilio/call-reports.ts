import type { CallStatus, StoredCall } from "./calls.ts";
import type { Disturbance } from "./disturbances.ts";
import { rfc2822 } from "./messages.ts";
import { ask } from "./requests.ts";

type Parameters = Readonly<Record<string, string>>;
type Account = { readonly accountSid: string; readonly authToken: string };

/** The parameters of every request about a call. https://www.twilio.com/docs/voice/twiml#request-parameters */
export function callForm(accountSid: string, call: StoredCall, status: CallStatus): Parameters {
  const { sid, to, from } = call;
  return {
    AccountSid: accountSid,
    ApiVersion: "2010-04-01",
    CallSid: sid,
    CallStatus: status,
    Direction: "outbound-api",
    From: from,
    To: to,
    ...placesOf("Called", to),
    ...placesOf("Caller", from),
    ...placesOf("From", from),
    ...placesOf("To", to),
  };
}

/** Where a number is. Twilio sends what it does not know as empty, and signs that too. */
function placesOf(side: "Called" | "Caller" | "From" | "To", number: string): Parameters {
  const country = number.startsWith("+44") ? "GB" : number.startsWith("+1") ? "US" : "";
  return {
    [side]: number,
    [`${side}City`]: "",
    [`${side}Country`]: country,
    [`${side}State`]: "",
    [`${side}Zip`]: "",
  };
}

/** The end of a call. */
export type End = {
  readonly status: CallStatus;
  readonly durationSeconds: number;
  /** RFC 3261 §21. */
  readonly sipCode: number;
};

type Reporting = {
  readonly account: Account;
  readonly call: StoredCall;
  /** The StatusCallback. */
  readonly url: string;
  readonly disturbance: Disturbance;
  readonly signal: AbortSignal;
  /** Receives the report that the network withholds. */
  readonly onLost: (status: CallStatus) => void;
};

/** Reports the end of a call, Twilio's default. https://www.twilio.com/docs/voice/api/call-resource#statuscallback */
export async function reportEnd(
  { account, call, url, disturbance, signal, onLost }: Reporting,
  { status, durationSeconds, sipCode }: End,
): Promise<void> {
  if (url === "") return;
  if (disturbance.lostCallbacks?.[0] === true) return onLost(status);
  const form = {
    ...callForm(account.accountSid, call, status),
    CallbackSource: "call-progress-events",
    SequenceNumber: "0",
    Timestamp: rfc2822(new Date()),
    SipResponseCode: String(sipCode),
    CallDuration: String(durationSeconds),
    // In begun minutes.
    Duration: String(Math.ceil(durationSeconds / 60)),
  };
  const times = disturbance.isDuplicated === true ? 2 : 1;
  for (let sent = 0; sent < times; sent += 1) await ask(account.authToken, { url, form, signal });
}
