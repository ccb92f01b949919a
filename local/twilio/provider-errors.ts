/** How Twilio answers a request to send or to call. */
type Answer =
  | { readonly kind: "created" }
  | { readonly kind: "fault"; readonly status: number; readonly code: number }
  /** No answer, until the caller has had enough. */
  | { readonly kind: "hang" }
  /** The connection breaks. */
  | { readonly kind: "reset" };

export type ProviderError = {
  readonly answer: Exclude<Answer, { kind: "created" }>;
  /** Whether Twilio sends or calls all the same: only a 429 promises that it does not. */
  readonly isTaken: boolean;
  readonly words: string;
};

/** Each way in which a request to Twilio goes wrong through no fault of the number's. */
export const PROVIDER_ERRORS = {
  "too many requests": {
    answer: { kind: "fault", status: 429, code: 20_429 },
    isTaken: false,
    words: "Twilio answered 429, too many requests",
  },
  broken: {
    answer: { kind: "fault", status: 500, code: 20_500 },
    isTaken: false,
    words: "Twilio answered 500, and did nothing",
  },
  "broken afterwards": {
    answer: { kind: "fault", status: 500, code: 20_500 },
    isTaken: true,
    words: "Twilio answered 500, and went on all the same",
  },
  unavailable: {
    answer: { kind: "fault", status: 503, code: 20_503 },
    isTaken: false,
    words: "Twilio answered 503, and did nothing",
  },
  hanging: {
    answer: { kind: "hang" },
    isTaken: false,
    words: "Twilio gave no answer, and did nothing",
  },
  unanswered: {
    answer: { kind: "hang" },
    isTaken: true,
    words: "Twilio gave no answer, and went on all the same",
  },
  reset: {
    answer: { kind: "reset" },
    isTaken: false,
    words: "the connection broke, and Twilio did nothing",
  },
  "reset afterwards": {
    answer: { kind: "reset" },
    isTaken: true,
    words: "the connection broke, and Twilio went on all the same",
  },
} as const satisfies Readonly<Record<string, ProviderError>>;

export type ProviderErrorName = keyof typeof PROVIDER_ERRORS;

export const PROVIDER_ERROR_NAMES: readonly ProviderErrorName[] = [
  "too many requests",
  "broken",
  "broken afterwards",
  "unavailable",
  "hanging",
  "unanswered",
  "reset",
  "reset afterwards",
];
