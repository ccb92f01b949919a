import { setTimeout as delay } from "node:timers/promises";
import { callForm, type End, reportEnd } from "./call-reports.ts";
import { perform, type Turn } from "./call-script.ts";
import type { CallOrder, CallStatus, StoredCall } from "./calls.ts";
import type { Disturbance } from "./disturbances.ts";
import type { Ledger } from "./ledger.ts";
import { type CallEnd, createLiveCall, type LiveCall } from "./live-call.ts";
import { ask } from "./requests.ts";
import { TwimlFault } from "./twiml.ts";

/** The dependencies of calls. */
export type Exchange = {
  readonly ledger: Ledger;
  /** Starts a call to a phone. */
  readonly ring: (call: LiveCall) => void;
  /** Reports a document that cannot be played, and a report that is lost. */
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
};

type Placing = Exchange &
  Placed & {
    readonly live: ReturnType<typeof createLiveCall>;
    readonly become: (status: CallStatus, durationSeconds?: number) => void;
    readonly seconds: (count: number) => Promise<void>;
  };

/** How calls end that were never answered. RFC 3261 §21.4, §21.6: 404 not found, 486 busy, 487 terminated, 603 declined. */
const ENDS = {
  busy: { status: "busy", sipCode: 486, shown: "missed" },
  declined: { status: "busy", sipCode: 603, shown: "declined" },
  failed: { status: "failed", sipCode: 404, shown: "missed" },
  "no-answer": { status: "no-answer", sipCode: 487, shown: "missed" },
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
  const { call, order } = placed;
  const { sid, to, from } = call;
  const placing: Placing = {
    ...exchange,
    ...placed,
    live: createLiveCall({ sid, to, from, at: new Date() }),
    become: (status, durationSeconds) => keepStatus(ledger, sid, status, durationSeconds),
    seconds: (count) => delay(count * secondMilliseconds, undefined, { signal }),
  };
  const outcome = await dial(placing);
  const end = outcome === "answered" ? await talk(placing) : missed(placing, outcome);
  placing.become(end.status, end.durationSeconds);
  const onLost = (status: CallStatus) => exchange.onTrouble(call, `no callback for "${status}"`);
  const { account } = ledger;
  await reportEnd({ ...placed, account, url: order.statusCallback, signal, onLost }, end);
}

function missed({ live }: Placing, outcome: keyof typeof ENDS): End {
  const { shown, ...end } = ENDS[outcome];
  live.line.end(shown);
  return { ...end, durationSeconds: 0 };
}

async function dial(placing: Placing): Promise<"answered" | keyof typeof ENDS> {
  const { disturbance, order, become, seconds, live } = placing;
  const { callTrouble, lateSeconds = 0, isLost = false } = disturbance;
  become("initiated");
  await seconds(DIALLING_SECONDS + lateSeconds);
  if (callTrouble === "failed" || callTrouble === "busy") return callTrouble;
  if (!isLost) become("ringing");
  const isHeard = !isLost && callTrouble !== "no-answer";
  if (isHeard) placing.ring(live.call);
  const answers = isHeard ? [live.line.picked] : [];
  if (callTrouble === "voicemail") answers.push(voicemail(placing));
  const unanswered = seconds(order.ringSeconds).then(() => "no-answer" as const);
  return Promise.race([...answers, unanswered]);
}

async function voicemail({ seconds, live }: Placing): Promise<"answered"> {
  await seconds(VOICEMAIL_SECONDS);
  live.line.answerByVoicemail();
  return "answered";
}

async function talk(placing: Placing): Promise<End> {
  const { signal, live, secondMilliseconds } = placing;
  const over = AbortSignal.any([signal, live.line.hungUp]);
  const answeredAt = performance.now();
  placing.become("in-progress");
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
  return { status: "completed", sipCode: 200, durationSeconds };
}

/** Twilio's words before it hangs up, if a document cannot be fetched or played. */
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
  { url, digits }: Turn,
  signal: AbortSignal,
): Promise<string> {
  const { accountSid, authToken } = ledger.account;
  const keys = { Digits: digits, FinishedOnKey: "", msg: "Gather End" };
  const form = { ...callForm(accountSid, call, "in-progress"), ...keys };
  const response = await ask(authToken, { url, form, signal });
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

function keepStatus(
  ledger: Ledger,
  sid: string,
  status: CallStatus,
  durationSeconds: number | null = null,
): void {
  const call = ledger.call(sid);
  // Its owner has deleted it.
  if (call === undefined) return;
  ledger.keepCall({ ...call, status, durationSeconds, updatedAt: new Date() });
}
