import type { Series } from "../../infra/alarm-replay.ts";
import type { Figure } from "../../infra/metric-math.ts";

/** A minute in which nothing happens. */
const NOTHING = {
  /** Codes sent and accepted by Twilio. */
  sent: 0,
  /** People who typed the right code. */
  approved: 0,
  /** Answers "approved" that were only fetched again. */
  approvedAgain: 0,
  incorrect: 0,
  /** Requests that were refused with 4xx. */
  refused: 0,
  /** Sends that Twilio refused for a reason of ours. */
  refusedByTwilio: 0,
  /** Sends that Twilio did not answer; people are told that the message may come. */
  unanswered: 0,
  /** Other requests that failed with 5xx. */
  failed: 0,
  p95Milliseconds: 300,
  crashes: 0,
  deadLetters: 0,
  throttledWrites: 0,
  /** Sends that a range, and the home country, refused for what they owe. */
  limitedRange: 0,
  limitedHome: 0,
  /** What networks tell in the end. */
  delivered: 0,
  undelivered: 0,
  /** How much of the tightest cap is spent. */
  spentPercent: 0,
  spentMicros: 0,
  /** Sends that a pause or a full cap refused, with 503. */
  paused: 0,
  /** Starts that a limit or a challenge refused, beside those in `refused`. */
  refusedStarts: 0,
  /** Callbacks with another's signature. */
  foreignCallbacks: 0,
  keysFailed: 0,
  /** Faults that have no alarm of their own. */
  faults: 0,
  /** Messages whose late end is a fault of ours. */
  undeliveredForUs: 0,
  /** Reports of misuse that no rule of EventBridge could hand over. */
  unmailed: 0,
};

/** What happens in one minute. */
export type Minute = Readonly<Partial<typeof NOTHING>>;

/** The metrics that CloudWatch would have of it: ours only where something was counted, the gateway's wherever a request came in. */
export function seriesOf(minutes: readonly Minute[]): Series {
  const each = (figure: (minute: typeof NOTHING) => Figure) =>
    minutes.map((minute) => figure({ ...NOTHING, ...minute }));
  const some = (figure: (minute: typeof NOTHING) => number) =>
    each((minute) => (figure(minute) === 0 ? undefined : figure(minute)));
  const ofGateway = (figure: (minute: typeof NOTHING) => number) =>
    each((minute) => (requests(minute) === 0 ? undefined : figure(minute)));
  return {
    Count: ofGateway(requests),
    "4XXError": ofGateway(({ refused }) => refused),
    "5XXError": ofGateway(
      ({ failed, refusedByTwilio, paused }) => failed + refusedByTwilio + paused,
    ),
    "Problems provider-unavailable": some(({ refusedByTwilio }) => refusedByTwilio),
    "Problems sending-paused": some(({ paused }) => paused),
    "Problems signature-invalid": some(({ foreignCallbacks }) => foreignCallbacks),
    IntegrationLatency: ofGateway(({ p95Milliseconds }) => p95Milliseconds),
    Sends: some(({ sent, unanswered }) => sent + unanswered),
    "Answers started POST /v1/verifications": some(({ sent, unanswered }) => sent + unanswered),
    "Answers POST /v1/verifications": some(
      ({ sent, unanswered, refusedStarts, paused, refusedByTwilio }) =>
        sent + unanswered + refusedStarts + paused + refusedByTwilio,
    ),
    "Answers GET /.well-known/jwks.json": some(({ keysFailed }) => keysFailed),
    SpentMicros: some(({ spentMicros }) => spentMicros),
    Faults: some(
      ({ faults, refusedByTwilio, unanswered }) => faults + refusedByTwilio + unanswered,
    ),
    "Faults delivery-failed": some(({ undeliveredForUs }) => undeliveredForUs),
    FailedInvocations: some(({ unmailed }) => unmailed),
    "Answers incorrect POST /v1/verifications/{id}/check": some(({ incorrect }) => incorrect),
    Approvals: some(({ approved }) => approved),
    "Faults message-refused": some(({ refusedByTwilio }) => refusedByTwilio),
    "Faults message-unanswered": some(({ unanswered }) => unanswered),
    "Errors check-code": some(({ crashes }) => crashes),
    "Limited range": some(({ limitedRange }) => limitedRange),
    "Limited home-country": some(({ limitedHome }) => limitedHome),
    "Deliveries delivered": some(({ delivered }) => delivered),
    "Deliveries undelivered": some(({ undelivered }) => undelivered),
    spentPercent: some(({ spentPercent }) => spentPercent),
    WriteThrottleEvents: some(({ throttledWrites }) => throttledWrites),
    ApproximateNumberOfMessagesVisible: some(({ deadLetters }) => deadLetters),
  };
}

function requests(minute: typeof NOTHING): number {
  const { sent, approved, approvedAgain, incorrect, refused, refusedByTwilio } = minute;
  const { unanswered, failed, paused, refusedStarts } = minute;
  const good = sent + approved + approvedAgain;
  return (
    good + incorrect + refused + refusedStarts + refusedByTwilio + unanswered + failed + paused
  );
}

/** People: of so many codes, nine in ten are typed, one in ten wrong at first, one in twenty requests is refused. */
export function people(sent: number): Minute {
  return {
    sent,
    delivered: sent,
    approved: Math.round(sent * 0.9),
    incorrect: Math.floor(sent * 0.1),
    refused: Math.floor(sent * 0.05),
  };
}

export const repeated = (count: number, minute: Minute): readonly Minute[] =>
  Array.from({ length: count }, () => minute);

/** A sum of what happens at once. */
export const together = (one: Minute, other: Minute): Minute => {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const entry = (minute: Minute, name: string) =>
    Number(new Map(Object.entries(minute)).get(name) ?? 0);
  return Object.fromEntries(
    Array.from(names, (name) => [name, entry(one, name) + entry(other, name)]),
  );
};
