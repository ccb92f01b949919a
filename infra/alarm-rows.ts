import type { FunctionName } from "../functions/runtime/environment.ts";
import {
  approvals,
  counted,
  ofApi,
  ofFunction,
  ofTable,
  type Signal,
  sends,
  spentPercent,
  type Watched,
} from "./alarm-signals.ts";
import { FUNCTION_NAMES } from "./by-function.ts";

export type AlarmRow = {
  readonly name: string;
  /** The page of docs/operate/runbooks that says what to do. */
  readonly runbook: string;
  /** What has happened, in the words of the mail. */
  readonly says: string;
  /** Why this signal, and why this threshold. */
  readonly why: string;
  /** Abuse tells by itself, each alarm alone. Faults of ours share one page, since one cause sets off many. */
  readonly kind: "abuse" | "fault";
  readonly signal: Signal;
  /** Alarms above it. */
  readonly threshold: number;
  readonly periodSeconds: number;
  /** So many of the last so many periods. */
  readonly datapoints: number;
  readonly periods: number;
};

const MINUTE = 60;
/** Three bad minutes of five: a burst of two, such as a page that reloads, wakes nobody; a third one does. */
const THREE_OF_FIVE_MINUTES = { periodSeconds: MINUTE, datapoints: 3, periods: 5 } as const;
const ONE_OF = (periodSeconds: number) => ({ periodSeconds, datapoints: 1, periods: 1 });

/** Every alarm of a stage. Whatever may fall silent is filled with 0: a metric without data would otherwise leave its alarm as it was. */
export function alarmRows(watched: Watched): readonly AlarmRow[] {
  return [
    ...requestRows(watched),
    ...misuseRows(watched),
    ...contributorRows(watched),
    ...limitedRows(watched),
    ...spendRows(watched),
    ...faultRows(watched),
  ];
}

function requestRows(watched: Watched): readonly AlarmRow[] {
  const { expectedRequestsPerMinute } = watched.stage;
  return [
    {
      name: "request-spike",
      runbook: "request-spike",
      says: "More requests than this stage ever expects.",
      why: "The ceiling is what the operator wrote into the stage. It holds from the first day, when no band has been learned.",
      kind: "abuse",
      signal: { metric: ofApi(watched, "Count") },
      threshold: expectedRequestsPerMinute,
      ...THREE_OF_FIVE_MINUTES,
    },
    {
      name: "unusual-requests",
      runbook: "request-spike",
      says: "Far more requests than this hour of the week usually brings.",
      why: "A spike at night can stay below a ceiling made for the morning. Four deviations, upwards only; learns for two weeks.",
      kind: "abuse",
      signal: { unusual: ofApi(watched, "Count"), deviations: 4 },
      threshold: 0,
      periodSeconds: 5 * MINUTE,
      datapoints: 2,
      periods: 3,
    },
    {
      name: "refusal-spike",
      runbook: "refusal-spike",
      says: "Many requests are refused.",
      why: "Limits, throttles and the firewall hold: this is what holding looks like. A fifth of the expected requests is far above typing errors.",
      kind: "abuse",
      signal: { metric: ofApi(watched, "4XXError") },
      threshold: expectedRequestsPerMinute / 5,
      ...THREE_OF_FIVE_MINUTES,
    },
  ];
}

function misuseRows(watched: Watched): readonly AlarmRow[] {
  const { expectedRequestsPerMinute } = watched.stage;
  return [
    {
      name: "wrong-codes",
      runbook: "wrong-codes",
      says: "Many wrong codes are given.",
      why: "Guessing spread over many numbers stays below the limit of each. A tenth of the expected requests; people mistype one code in ten.",
      kind: "abuse",
      signal: {
        metric: counted(watched, "Results", {
          route: "POST /v1/verifications/{id}/check",
          result: "incorrect",
        }),
      },
      threshold: expectedRequestsPerMinute / 10,
      ...THREE_OF_FIVE_MINUTES,
    },
    {
      name: "unverified-sends",
      runbook: "unverified-sends",
      says: "Most codes that are sent are never used.",
      why: "The one trace that slow SMS pumping leaves. People verify three of four; below three of ten they are not people. 20 sends are the fewest that mean anything.",
      kind: "abuse",
      signal: {
        expression:
          "IF(FILL(started,0)+FILL(resent,0)>=20,100*(FILL(started,0)+FILL(resent,0)-FILL(approved,0))/(FILL(started,0)+FILL(resent,0)),0)",
        metrics: { ...sends(watched), approved: approvals(watched) },
      },
      threshold: 70,
      // Long enough for what was sent in it to be typed.
      ...ONE_OF(15 * MINUTE),
    },
  ];
}

/** Who does most of something, by Contributor Insights. */
function contributorRows({ insights }: Watched): readonly AlarmRow[] {
  return [
    {
      name: "hot-client",
      runbook: "hot-client",
      says: "One address starts far too many verifications.",
      why: "Counted at the gateway, so what is refused counts too. The limit of an address is 30 unverified sends in ten minutes; a carrier's shared one stays below 200 in five.",
      kind: "abuse",
      signal: { largestOf: insights.clients },
      threshold: 200,
      ...ONE_OF(5 * MINUTE),
    },
    {
      name: "hot-number",
      runbook: "hot-number",
      says: "One number is asked for far too many codes.",
      why: "Three in ten minutes are sent, whoever asks. Thirty asked for in five is a script that floods somebody, or tries to.",
      kind: "abuse",
      signal: { largestOf: insights.numbers },
      threshold: 30,
      ...ONE_OF(5 * MINUTE),
    },
    {
      name: "guessing-client",
      runbook: "wrong-codes",
      says: "One client gives many wrong codes.",
      why: "Five are a verification, and a person needs one. A carrier's shared address stays below 50 in five minutes.",
      kind: "abuse",
      signal: { largestOf: insights.guessers },
      threshold: 50,
      ...ONE_OF(5 * MINUTE),
    },
  ];
}

/** What the scopes that many share have refused; `range` and its like, as the functions count them. */
function limitedRows(watched: Watched): readonly AlarmRow[] {
  const limited = (limitedScope: string) => counted(watched, "Limited", { limitedScope });
  return [
    {
      name: "limited-range",
      runbook: "limited-scopes",
      says: "A range of numbers owes too many unverified codes and is sent no more for now.",
      why: "20 unverified codes in an hour to ten thousand neighbours are no people. Three refusals, so that one late straggler is no page.",
      kind: "abuse",
      signal: { metric: limited("range") },
      threshold: 2,
      ...ONE_OF(5 * MINUTE),
    },
    {
      name: "limited-country",
      runbook: "limited-scopes",
      says: "A country, or the whole service, owes too many unverified codes: people without a returning ticket are refused.",
      why: "Honest people are refused beside the others, so the first refusal counts.",
      kind: "abuse",
      signal: {
        expression: "FILL(country,0)+FILL(home,0)+FILL(service,0)",
        metrics: {
          country: limited("country"),
          home: limited("home-country"),
          service: limited("service"),
        },
      },
      threshold: 0,
      ...ONE_OF(5 * MINUTE),
    },
  ];
}

/** Half of a cap is worth a look; at the share that is not kept for returning tickets strangers are paused, and all of it pauses everybody. */
function spendRows(watched: Watched): readonly AlarmRow[] {
  const openShare = 100 * (1 - watched.stage.spend.keptForTickets);
  const rows = [
    { name: "spend-50", percent: 50, says: "Half of a spend cap is used." },
    {
      name: "spend-80",
      percent: Math.min(80, openShare),
      says: "So much of a spend cap is used that only people with a returning ticket get codes, now or soon.",
    },
    {
      name: "spend-100",
      // The last message that fits may end just below the cap.
      percent: 99,
      says: "A spend cap is used up: nobody gets a code until its hour or day ends.",
    },
  ] as const;
  return rows.map(({ name, percent, says }) => ({
    name,
    runbook: "spend",
    says,
    why: "The tightest of the caps by hour, day and country. Attacks spend in minutes what people spend in a day.",
    kind: "abuse",
    signal: { metric: spentPercent(watched) },
    threshold: Math.floor(percent) - 1,
    ...ONE_OF(5 * MINUTE),
  }));
}

function faultRows(watched: Watched): readonly AlarmRow[] {
  return [...providerRows(watched), ...serviceRows(watched), ...functionRows(watched)];
}

function providerRows(watched: Watched): readonly AlarmRow[] {
  return [
    {
      name: "provider-errors",
      runbook: "provider-errors",
      says: "Twilio refuses our messages, does not answer, or cannot deliver for a reason of ours.",
      why: "Refusals that are the number's own are not counted. A fifth of all sends, and three at least, so that one lost connection at night wakes nobody.",
      kind: "fault",
      signal: {
        expression:
          "IF(FILL(refused,0)+FILL(unanswered,0)+FILL(undelivered,0)>=3,100*(FILL(refused,0)+FILL(unanswered,0)+FILL(undelivered,0))/(FILL(started,0)+FILL(resent,0)+FILL(refused,0)),0)",
        metrics: {
          ...sends(watched),
          refused: counted(watched, "Faults", { what: "message-refused" }),
          unanswered: counted(watched, "Faults", { what: "message-unanswered" }),
          undelivered: counted(watched, "Faults", { what: "delivery-failed" }),
        },
      },
      threshold: 20,
      ...ONE_OF(5 * MINUTE),
    },
    {
      name: "undelivered",
      runbook: "undelivered",
      says: "Many messages do not arrive.",
      why: "As the networks tell in the end; many tell nothing, so silence is no sign. A third of those told of, and five at least. Phones that are off are a few of a hundred.",
      kind: "fault",
      signal: {
        expression:
          "IF(FILL(undelivered,0)>=5,100*FILL(undelivered,0)/(FILL(undelivered,0)+FILL(delivered,0)),0)",
        metrics: {
          undelivered: counted(watched, "Deliveries", { delivery: "undelivered" }),
          delivered: counted(watched, "Deliveries", { delivery: "delivered" }),
        },
      },
      threshold: 33,
      ...ONE_OF(15 * MINUTE),
    },
    {
      name: "dead-letters",
      runbook: "dead-letters",
      says: "The outcome of messages could not be reported to Twilio, or their texts not redacted there.",
      why: "Lambda tried three times. Each letter is a text that Twilio still keeps, with its code.",
      kind: "fault",
      signal: {
        metric: {
          namespace: "AWS/SQS",
          name: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: watched.deadLettersName },
          statistic: "Maximum",
        },
      },
      threshold: 0,
      ...ONE_OF(5 * MINUTE),
    },
  ];
}

function serviceRows(watched: Watched): readonly AlarmRow[] {
  return [
    {
      name: "server-errors",
      runbook: "server-errors",
      says: "Requests fail on our side.",
      why: "One in twenty, and three at least: a rate without a limit pages for one request at night.",
      kind: "fault",
      signal: {
        expression: "IF(FILL(failed,0)>=3,100*FILL(failed,0)/FILL(all,1),0)",
        metrics: { failed: ofApi(watched, "5XXError"), all: ofApi(watched, "Count") },
      },
      threshold: 5,
      ...ONE_OF(5 * MINUTE),
    },
    {
      name: "latency",
      runbook: "latency",
      says: "One request in twenty takes longer than four seconds.",
      why: "A start waits for Twilio, which answers in well under a second and is given five. Five minutes on end: a cold start is no incident.",
      kind: "fault",
      signal: { metric: ofApi(watched, "IntegrationLatency") },
      threshold: 4_000,
      periodSeconds: MINUTE,
      datapoints: 5,
      periods: 5,
    },
    {
      name: "table-throttles",
      runbook: "table-throttles",
      says: "DynamoDB throttles the table.",
      why: "On demand it should never. Its metrics keep an alarm as it was when they fall silent, so they are filled.",
      kind: "fault",
      signal: {
        expression: "FILL(reads,0)+FILL(writes,0)",
        metrics: {
          reads: ofTable(watched, "ReadThrottleEvents"),
          writes: ofTable(watched, "WriteThrottleEvents"),
        },
      },
      threshold: 0,
      periodSeconds: MINUTE,
      datapoints: 2,
      periods: 5,
    },
  ];
}

/** One row a function, so that the mail names it. */
function functionRows(watched: Watched): readonly AlarmRow[] {
  return FUNCTION_NAMES.map((name: FunctionName) => ({
    name: `function-faults-${name}`,
    runbook: "function-faults",
    says: `The function ${name} crashes, runs out of time or is throttled.`,
    why: "What goes wrong inside is answered as a problem; a function that fails has not even done that. Three in five minutes.",
    kind: "fault",
    signal: {
      expression: "FILL(errors,0)+FILL(throttles,0)",
      metrics: {
        errors: ofFunction(watched, name, "Errors"),
        throttles: ofFunction(watched, name, "Throttles"),
      },
    },
    threshold: 2,
    ...ONE_OF(5 * MINUTE),
  }));
}
