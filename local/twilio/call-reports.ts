import type { CallEvent, CallOrder, CallStatus, StoredCall } from "./calls.ts";
import type { Disturbance } from "./disturbances.ts";
import { rfc2822 } from "./messages.ts";
import { ask } from "./requests.ts";

type Parameters = Readonly<Record<string, string>>;
type Account = { readonly accountSid: string; readonly authToken: string };

/** What every request about a call says of it. https://www.twilio.com/docs/voice/twiml#request-parameters */
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

export type Report = {
  readonly event: CallEvent;
  readonly status: CallStatus;
  readonly durationSeconds?: number;
  /** RFC 3261 §21. */
  readonly sipCode?: number;
};

/** Tells of a call, one event after the other. */
export type CallReports = {
  readonly tell: (report: Report) => void;
  /** Resolves when everything has been told. */
  readonly done: () => Promise<void>;
};

type Telling = {
  readonly account: Account;
  readonly call: StoredCall;
  readonly order: CallOrder;
  readonly disturbance: Disturbance;
  readonly signal: AbortSignal;
  /** Receives each report that the weather keeps back. */
  readonly onLost: (status: CallStatus) => void;
};

/** Reports to the StatusCallback of a call, of the events that were asked for. https://www.twilio.com/docs/voice/api/call-resource#statuscallback */
export function callReports(telling: Telling): CallReports {
  const { order, disturbance } = telling;
  let sequenceNumber = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let held: Parameters | undefined;
  const send = (form: Parameters): void => {
    const times = disturbance.isDuplicated === true ? 2 : 1;
    for (let sent = 0; sent < times; sent += 1) queue = queue.then(() => post(telling, form));
  };
  // In the wrong order: each one waits for the next, which overtakes it.
  const pass = (form: Parameters): void => {
    const waiting = held;
    held = disturbance.isReordered === true && waiting === undefined ? form : undefined;
    if (held !== undefined) return;
    send(form);
    if (waiting !== undefined) send(waiting);
  };
  return {
    tell: (report) => {
      if (order.statusCallback === "" || !order.events.includes(report.event)) return;
      const form = reportForm(telling, report, sequenceNumber);
      const isLost = disturbance.lostCallbacks?.[sequenceNumber] === true;
      sequenceNumber += 1;
      if (isLost) telling.onLost(report.status);
      else pass(form);
    },
    done: async () => {
      if (held !== undefined) send(held);
      await queue;
    },
  };
}

async function post({ account, order, signal }: Telling, form: Parameters): Promise<void> {
  const { statusCallback: url, statusCallbackMethod: method } = order;
  await ask(account.authToken, { url, method, form, signal });
}

function reportForm(
  { account, call }: Telling,
  { status, durationSeconds, sipCode }: Report,
  sequenceNumber: number,
): Parameters {
  return {
    ...callForm(account.accountSid, call, status),
    CallbackSource: "call-progress-events",
    SequenceNumber: String(sequenceNumber),
    Timestamp: rfc2822(new Date()),
    ...(sipCode === undefined ? {} : { SipResponseCode: String(sipCode) }),
    ...(durationSeconds === undefined
      ? {}
      : {
          CallDuration: String(durationSeconds),
          // In begun minutes.
          Duration: String(Math.ceil(durationSeconds / 60)),
        }),
  };
}
