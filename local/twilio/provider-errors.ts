/** Twilio's answer to a request that fails for a reason of Twilio. */
type Answer =
  | { readonly kind: "fault"; readonly status: number; readonly code: number }
  /** No answer until the caller times out. */
  | { readonly kind: "hang" }
  /** The connection breaks. */
  | { readonly kind: "reset" };

export type ProviderError = {
  readonly answer: Answer;
  /** Whether Twilio sends or calls anyway: only after a 429 it does not. */
  readonly isTaken: boolean;
  readonly words: string;
};

function error(answer: Answer, isTaken: boolean, words: string): ProviderError {
  return { answer, isTaken, words };
}

function fault(status: number): Answer {
  return { kind: "fault", status, code: 20_000 + status };
}

const HANG: Answer = { kind: "hang" };
const RESET: Answer = { kind: "reset" };

export const PROVIDER_ERRORS = {
  "too many requests": error(fault(429), false, "Twilio answered 429, too many requests"),
  broken: error(fault(500), false, "Twilio answered 500, and did nothing"),
  "broken afterwards": error(fault(500), true, "Twilio answered 500, and went on all the same"),
  unavailable: error(fault(503), false, "Twilio answered 503, and did nothing"),
  hanging: error(HANG, false, "Twilio gave no answer, and did nothing"),
  unanswered: error(HANG, true, "Twilio gave no answer, and went on all the same"),
  reset: error(RESET, false, "the connection broke, and Twilio did nothing"),
  "reset afterwards": error(RESET, true, "the connection broke, and Twilio went on all the same"),
} as const;
