import { NUMBERS, POOL, type Step, type StepOf, type Typed } from "../property/steps.ts";
import { bookApproval, countSend, windowsOf } from "./counts.ts";
import {
  afterApproval,
  afterFailure,
  afterSend,
  NO_HISTORY,
  type NumberHistory,
  opensAt,
  refusalOf,
} from "./numbers.ts";
import { CLIENTS, type Moment, PROMISED, RESENDING } from "./promised.ts";
import { checked, isFresh, isKnown, statusOf, type Told, viewOf } from "./verifications.ts";

/** The promises P2 to P5 in plain words: what was sent when, and what was typed. It knows nothing of items, slots and conditions. */
export type Model = {
  now: Moment;
  readonly numbers: Map<string, NumberHistory>;
  readonly counts: Map<string, number>;
  /** Starts that can be repeated, by their idempotency key. */
  readonly starts: Map<
    string,
    { readonly at: Moment; readonly what: string; readonly ordinal: number }
  >;
  /** Each verification as it was after each step about it, in the order of their starts. */
  readonly past: Told[][];
  readonly messages: { readonly to: string; readonly code: string }[];
  /** The messages that were told to the provider as having done their work. */
  readonly approvedMessages: string[];
};

export function aModel(now: Moment): Model {
  const [numbers, counts, starts] = [new Map(), new Map(), new Map()];
  return { now, numbers, counts, starts, past: [], messages: [], approvedMessages: [] };
}

export type Answer = Readonly<Record<string, unknown>>;

const refused = (why: string) => ({ kind: "refused", why });

/** What a step must answer. */
export function tell(model: Model, step: Step): Answer {
  switch (step.act) {
    case "start":
      return tellStart(model, step);
    case "resend":
      return tellResend(model, step);
    case "check":
      return tellCheck(model, step);
    case "cancel":
      return tellCancel(model, step);
    case "show":
      return tellShow(model, step);
    case "wait":
      model.now += step.milliseconds;
      return { kind: "waited" };
  }
}

/** The place of a verification among all that were started, told from the latest. */
export function ordinalOf({ past }: Model, of: number): number {
  return past.length - 1 - of;
}

function latest({ past }: Model, ordinal: number): Told | undefined {
  return past[ordinal]?.at(-1);
}

/** A verification as a plain read shows it, which may be some steps old. */
function seen(model: Model, { of, stale }: { readonly of: number; readonly stale: number }) {
  const versions = model.past[ordinalOf(model, of)] ?? [];
  return versions[Math.max(0, versions.length - 1 - stale)];
}

export function codeOf(model: Model, of: number, typed: Typed): string {
  const told = latest(model, ordinalOf(model, of));
  const [any] = POOL;
  switch (typed.code) {
    case "any":
      return POOL[typed.index] ?? any;
    case "sent":
      return (told?.sent[typed.newest] ?? told?.sent.at(-1))?.code ?? any;
    case "typed last":
      return told?.guesses.at(-1) ?? any;
  }
}

function draw(from: number, isGood: (code: string) => boolean): string {
  const drawn = POOL.map((_, index) => POOL[(from + index) % POOL.length]);
  const code = drawn.find((candidate) => candidate !== undefined && isGood(candidate));
  if (code === undefined)
    throw new Error("the pool is larger than all that one verification holds");
  return code;
}

function historyOf({ numbers }: Model, number: string): NumberHistory {
  return numbers.get(number) ?? NO_HISTORY;
}

function tellStart(model: Model, step: StepOf<"start">): Answer {
  const { now } = model;
  const earlier = earlierStart(model, step);
  if (earlier !== undefined) return earlier;
  const windows = windowsOf(CLIENTS[step.client], now);
  const overLimit = countedRefusal(model, windows);
  if (overLimit !== undefined) return overLimit;
  const number = NUMBERS[step.number] ?? NUMBERS[0];
  const refusal = refusalOf(historyOf(model, number), now);
  if (refusal !== undefined) return refusal;
  if (step.provider === "refused") return refused("provider-unavailable");
  const told: Told = {
    ordinal: model.past.length,
    number,
    purpose: step.purpose,
    nonce: step.nonce,
    windows: windows.map(({ key }) => key),
    guesses: [],
    known: 1,
    isCanceled: false,
    ...send(
      model,
      number,
      draw(step.draw, () => true),
      step.provider,
    ),
  };
  if (step.request !== undefined)
    model.starts.set(step.request, { at: now, what: bodyOf(step), ordinal: told.ordinal });
  model.past.push([told]);
  return { kind: "started", view: viewOf(told, now) };
}

/** Books a send on its client, or says until when he may ask for none. What comes of the send changes nothing of that. */
function countedRefusal(
  { counts }: Model,
  windows: ReturnType<typeof windowsOf>,
): Answer | undefined {
  const blocked = countSend(counts, windows);
  if (blocked.length === 0) return undefined;
  return { ...refused("too-many-requests"), retryAt: Math.max(...blocked) };
}

function bodyOf({ number, purpose, nonce }: StepOf<"start">): string {
  return JSON.stringify([number, purpose, nonce]);
}

/** What is told to a start that repeats an earlier one. */
function earlierStart(model: Model, step: StepOf<"start">): Answer | undefined {
  const { now } = model;
  const earlier = step.request === undefined ? undefined : model.starts.get(step.request);
  if (earlier === undefined || now >= earlier.at + PROMISED.startIsRepeatableFor) return undefined;
  if (earlier.what !== bodyOf(step)) return refused("idempotency-key-reused");
  const told = seen(model, { of: ordinalOf(model, earlier.ordinal), stale: step.stale });
  if (told === undefined) throw new Error("a start that can be repeated has a verification");
  return { kind: "started", view: viewOf(told, now) };
}

/** One message to a number, and what is known of it from then on. */
function send(model: Model, number: string, code: string, provider: "accepted" | "unknown") {
  const at = model.now;
  const history = afterSend(historyOf(model, number), at);
  model.numbers.set(number, history);
  model.messages.push({ to: number, code });
  const isAccepted = provider === "accepted";
  const message = isAccepted ? `SM${String(model.messages.length).padStart(32, "0")}` : undefined;
  return {
    sent: [{ code, at, message }],
    resendAt: opensAt(history, at),
    delivery: isAccepted ? "queued" : "unknown",
  } as const;
}

/** What a resend says of a verification without sending anything. */
function knownEnd(told: Told, request: string | undefined, now: Moment): Answer | undefined {
  if (request !== undefined && request === told.lastResend)
    return { kind: "resent", view: viewOf(told, now) };
  const status = statusOf(told, now);
  return status === "pending" ? undefined : { ...refused("verification-ended"), status };
}

function tellResend(model: Model, step: StepOf<"resend">): Answer {
  const { now } = model;
  const glimpse = seen(model, step);
  const told = latest(model, ordinalOf(model, step.of));
  if (glimpse === undefined || told === undefined) return refused("verification-not-found");
  const refusal =
    knownEnd(glimpse, step.request, now) ??
    countedRefusal(model, windowsOf(RESENDING, now)) ??
    refusalOf(historyOf(model, told.number), now) ??
    knownEnd(told, step.request, now);
  if (refusal !== undefined) return remember(model, told, refusal);
  const code = draw(step.draw, (candidate) => isFresh(glimpse, candidate));
  if (isKnown(told, code)) return remember(model, told, refused("request-in-progress"));
  if (step.provider === "refused")
    return remember(model, neverSent(told, glimpse), refused("provider-unavailable"));
  const news = send(model, told.number, code, step.provider);
  const resent: Told = {
    ...told,
    ...news,
    sent: [...news.sent, ...told.sent],
    known: Math.min(told.known + 1, PROMISED.codesGoodAtOnce),
    lastResend: step.request,
  };
  return remember(model, resent, { kind: "resent", view: viewOf(resent, now) });
}

/**
 * A code that the provider definitely refused leaves all good codes as they were. An oldest of three, which has ended, is known no more; and
 * what is only shown may be as old as the plain read was.
 */
function neverSent(told: Told, { resendAt, delivery }: Told): Told {
  const known = Math.min(told.known, PROMISED.codesGoodAtOnce - 1);
  return { ...told, known, resendAt, delivery, lastResend: undefined };
}

function tellCheck(model: Model, { of, typed, request }: StepOf<"check">): Answer {
  const before = latest(model, ordinalOf(model, of));
  if (before === undefined) return refused("verification-not-found");
  const { now } = model;
  const { told, answer, counted } = checked(
    before,
    { code: codeOf(model, of, typed), request },
    now,
  );
  const history = historyOf(model, told.number);
  if (counted === "wrong") model.numbers.set(told.number, afterFailure(history, now));
  else if (counted !== undefined) {
    model.numbers.set(told.number, afterApproval(history));
    bookApproval(model.counts, told.windows);
    if (counted.message !== undefined) model.approvedMessages.push(counted.message);
  }
  return remember(model, told, answer);
}

function tellCancel(model: Model, { of }: StepOf<"cancel">): Answer {
  const told = latest(model, ordinalOf(model, of));
  if (told === undefined) return refused("verification-not-found");
  if (told.approval !== undefined)
    return remember(model, told, { ...refused("verification-ended"), status: "approved" });
  const isCanceled = told.isCanceled || statusOf(told, model.now) === "pending";
  return remember(model, { ...told, isCanceled }, { kind: "canceled" });
}

function tellShow(model: Model, step: StepOf<"show">): Answer {
  const glimpse = seen(model, step);
  const told = latest(model, ordinalOf(model, step.of));
  if (glimpse === undefined || told === undefined) return refused("verification-not-found");
  return remember(model, told, { kind: "shown", view: viewOf(glimpse, model.now) });
}

function remember(model: Model, told: Told, answer: Answer): Answer {
  model.past[told.ordinal]?.push(told);
  return answer;
}
