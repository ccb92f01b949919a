import { setTimeout as delay } from "node:timers/promises";
import { callForm, callReports, type Report } from "./call-reports.ts";
import { perform, type Turn } from "./call-script.ts";
import type { CallOrder, CallStatus, StoredCall } from "./calls.ts";
import type { Disturbance } from "./disturbances.ts";
import type { Ledger } from "./ledger.ts";
import { type CallEnd, createLiveCall, type LiveCall } from "./live-call.ts";
import { ask } from "./requests.ts";
import { TwimlFault } from "./twiml.ts";

/** What calls need of the world. */
export type Exchange = {
  readonly ledger: Ledger;
  /** Makes a phone ring. */
  readonly ring: (call: LiveCall) => void;
  /** Tells of a document that cannot be played, and of a report that is lost. */
  readonly onTrouble: (call: StoredCall, what: string) => void;
  /** How long a second takes: a thousandth of it in a hurry. */
  readonly secondMilliseconds: number;
  /** Aborted when the emulator stops. */
  readonly signal: AbortSignal;
};

export type Placed = {
  readonly call: StoredCall;
  readonly order: CallOrder;
  readonly disturbance: Disturbance;
  /** Aborted when Twilio is asked to end the call. */
  readonly canceled: AbortSignal;
};

type Placing = Exchange &
  Placed & {
    readonly live: ReturnType<typeof createLiveCall>;
    readonly tell: (report: Report) => void;
    /** Waits; rejects when Twilio is to end the call. */
    readonly seconds: (count: number) => Promise<void>;
  };

/** How calls end that were never answered. RFC 3261 §21.4, §21.6: 404 not found, 486 busy, 487 terminated, 603 declined. */
const ENDS = {
  busy: { status: "busy", sipCode: 486, shown: "missed" },
  declined: { status: "busy", sipCode: 603, shown: "declined" },
  failed: { status: "failed", sipCode: 404, shown: "missed" },
  "no-answer": { status: "no-answer", sipCode: 487, shown: "missed" },
  canceled: { status: "canceled", sipCode: 487, shown: "canceled" },
} as const satisfies Readonly<
  Record<string, { status: CallStatus; sipCode: number; shown: CallEnd }>
>;

/** A voicemail answers a call that has rung for so long. */
const VOICEMAIL_SECONDS = 20;
/** Until a network has found a phone. */
const DIALLING_SECONDS = 0.5;

/** Dials, rings, plays and reports one call from its beginning to its end. Rejects when the emulator stops. */
export async function place(exchange: Exchange, placed: Placed): Promise<void> {
  const { ledger, signal, secondMilliseconds } = exchange;
  const { call, canceled } = placed;
  const { sid, to, from } = call;
  const onLost = (status: CallStatus) => exchange.onTrouble(call, `no callback for "${status}"`);
  const reports = callReports({ ...placed, account: ledger.account, signal, onLost });
  const either = AbortSignal.any([signal, canceled]);
  const placing: Placing = {
    ...exchange,
    ...placed,
    live: createLiveCall({ sid, to, from, at: new Date() }),
    tell: (report) => {
      keepStatus(ledger, sid, report);
      reports.tell(report);
    },
    seconds: (count) => delay(count * secondMilliseconds, undefined, { signal: either }),
  };
  const outcome = await dial(placing).catch(() => "canceled" as const);
  if (outcome === "answered") await talk(placing);
  else {
    const { shown, ...end } = ENDS[outcome];
    placing.live.line.end(shown);
    placing.tell({ event: "completed", ...end, durationSeconds: 0 });
  }
  await reports.done();
}

async function dial(placing: Placing): Promise<"answered" | keyof typeof ENDS> {
  const { disturbance, order, tell, seconds, live } = placing;
  const { callTrouble, lateSeconds = 0, isLost = false } = disturbance;
  tell({ event: "initiated", status: "initiated" });
  await seconds(DIALLING_SECONDS + lateSeconds);
  if (callTrouble === "failed" || callTrouble === "busy") return callTrouble;
  if (!isLost) tell({ event: "ringing", status: "ringing" });
  const isHeard = !isLost && callTrouble !== "no-answer";
  if (isHeard) placing.ring(live.call);
  const answers = isHeard ? [live.line.picked] : [];
  if (callTrouble === "voicemail") answers.push(voicemail(placing));
  const missed = seconds(order.ringSeconds).then(() => "no-answer" as const);
  return Promise.race([...answers, missed]);
}

async function voicemail({ seconds, live }: Placing): Promise<"answered"> {
  await seconds(VOICEMAIL_SECONDS);
  live.line.answerByVoicemail();
  return "answered";
}

async function talk(placing: Placing): Promise<void> {
  const { signal, canceled, live, secondMilliseconds, tell } = placing;
  const over = AbortSignal.any([signal, canceled, live.line.hungUp]);
  const answeredAt = performance.now();
  tell({ event: "answered", status: "in-progress" });
  try {
    await perform(placing.order.twiml, {
      line: live.line,
      secondMilliseconds,
      signal: over,
      next: (turn) => documentOf(placing, turn, over),
    });
  } catch (fault) {
    if (fault instanceof TwimlFault) await apologize(placing, fault, over);
    else if (!over.aborted) throw fault;
  }
  live.line.end("completed");
  const durationSeconds = Math.round((performance.now() - answeredAt) / secondMilliseconds);
  tell({ event: "completed", status: "completed", sipCode: 200, durationSeconds });
}

/** What Twilio says where a document cannot be had or played, before it hangs up. */
const APOLOGY = "We are sorry, an application error has occurred. Goodbye.";

async function apologize(placing: Placing, fault: TwimlFault, over: AbortSignal): Promise<void> {
  placing.onTrouble(placing.call, fault.message);
  await perform(`<Response><Say>${APOLOGY}</Say></Response>`, {
    line: placing.live.line,
    secondMilliseconds: placing.secondMilliseconds,
    signal: over,
    next: () => Promise.reject(new TwimlFault("an apology leads nowhere")),
  }).catch(() => undefined);
}

async function documentOf(
  { call, ledger }: Placing,
  { url, method, digits }: Turn,
  signal: AbortSignal,
): Promise<string> {
  if (!URL.canParse(url)) throw new TwimlFault("the next document has no whole address");
  const { accountSid, authToken } = ledger.account;
  const keys: Readonly<Record<string, string>> =
    digits === undefined ? {} : { Digits: digits, FinishedOnKey: "", msg: "Gather End" };
  const form = { ...callForm(accountSid, call, "in-progress"), ...keys };
  const response = await ask(authToken, { url, method, form, signal });
  signal.throwIfAborted();
  if (response?.status === 204) return "<Response/>";
  if (response === undefined)
    throw new TwimlFault("no server answers at the address of the next document");
  if (response.status !== 200)
    throw new TwimlFault(`the next document was answered with ${response.status}`);
  if (!/^(?:text|application)\/xml\b/.test(response.headers.get("content-type") ?? ""))
    throw new TwimlFault("the next document is not of the type text/xml");
  return response.text();
}

function keepStatus(ledger: Ledger, sid: string, { status, durationSeconds }: Report): void {
  const call = ledger.call(sid);
  // Its owner has deleted it.
  if (call === undefined) return;
  ledger.keepCall({
    ...call,
    status,
    durationSeconds: durationSeconds ?? null,
    updatedAt: new Date(),
  });
}
