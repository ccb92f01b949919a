import type { ProviderError } from "./provider-errors.ts";

/** How a message ends that does not arrive, by the error that its callback carries. */
type SadEnd = { readonly status: "undelivered" | "failed"; readonly errorCode: number };

/** How an unanswered call ends; a voicemail answers, and presses no key. */
type CallTrouble = "no-answer" | "busy" | "failed" | "voicemail";

/** Each disturbance of one message or call: those of the network, and those of its number. */
export type Disturbance = {
  /** Twilio refuses the request with this error. */
  readonly refusalCode?: number | undefined;
  readonly error?: ProviderError | undefined;
  /** Accepted, and no phone ever sees it; no callback after "sent" reports it. */
  readonly isLost?: boolean | undefined;
  readonly end?: SadEnd | undefined;
  readonly callTrouble?: CallTrouble | undefined;
  readonly lateSeconds?: number | undefined;
  readonly isReordered?: boolean | undefined;
  readonly isDuplicated?: boolean | undefined;
  /** Which callbacks never come, the first one first. */
  readonly lostCallbacks?: readonly boolean[] | undefined;
};

const CALL_WORDS: Readonly<Record<CallTrouble, string>> = {
  "no-answer": "the call is not answered",
  busy: "busy",
  failed: "the call fails",
  voicemail: "a voicemail answers",
};

/** The disturbance in words for the person at the handset; empty where there is none. `callbacks` names the callbacks that are sent, in their order. */
export function wordsOf(disturbance: Disturbance, callbacks: readonly string[]): readonly string[] {
  const { refusalCode, error, isLost, end, callTrouble, lateSeconds = 0 } = disturbance;
  if (refusalCode !== undefined) return [`refused with error ${refusalCode}`];
  if (error?.isTaken === false) return [error.words];
  return [
    ...(error === undefined ? [] : [error.words]),
    ...(isLost === true ? ["lost on its way"] : []),
    ...(end === undefined ? [] : [`${end.status}, error ${end.errorCode}`]),
    ...(callTrouble === undefined ? [] : [CALL_WORDS[callTrouble]]),
    ...(lateSeconds === 0 ? [] : [`${Math.round(lateSeconds)} s late`]),
    ...(callbacks.length > 0 ? callbackWords(disturbance, callbacks) : []),
  ];
}

function callbackWords(
  { isReordered, isDuplicated, lostCallbacks = [] }: Disturbance,
  callbacks: readonly string[],
): readonly string[] {
  const lost = callbacks.filter((_, index) => lostCallbacks[index] === true);
  return [
    ...(isReordered === true ? ["callbacks in the wrong order"] : []),
    ...(isDuplicated === true ? ["each callback twice"] : []),
    ...lost.map((callback) => `no callback for "${callback}"`),
  ];
}
