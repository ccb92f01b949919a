import type { ProblemCode } from "../functions/http/problem.ts";
import type { AnyFunctionName } from "../functions/runtime/environment.ts";
import {
  approvals,
  counted,
  type MetricSource,
  ofApi,
  ofFunction,
  ofTable,
  type Signal,
  sends,
  spentPercent,
  type Watched,
} from "./alarm-signals.ts";
import { FUNCTION_NAMES } from "./by-function.ts";
import { twilioModeOf } from "./environments.ts";
import { knownShareOf } from "./sending-terms.ts";

export type AlarmRow = {
  readonly name: string;
  /** The page of docs/operate/runbooks; that of its own name by default. */
  readonly runbook: string;
  /** The text of the mail. */
  readonly summary: string;
  /** Why this signal and this threshold. */
  readonly why: string;
  /** `alone`: the alarm sends its own mail. A group sends one for its members; the class `Alarms` gives the reasons. */
  readonly mail: "alone" | AlarmGroup;
  readonly signal: Signal;
  /** The alarm is on above it. */
  readonly threshold: number;
  readonly periodSeconds: number;
  /** The number of bad periods among the last ones. */
  readonly datapoints: number;
  readonly periods: number;
  /** Missing data keeps the state of the alarm. Without this it counts as good. */
  readonly keepsState?: true;
};

/** Alarms that mail together. */
export const ALARM_GROUPS = {
  unusual: {
    when: "all",
    summary: "Far more requests than this hour of the week usually brings.",
    runbook: "request-spike",
  },
  provider: {
    when: "any",
    summary:
      "Messages fail at Twilio, or Twilio reports nothing of them; the alarm below names the cause.",
    runbook: "faults",
  },
  service: {
    when: "any",
    summary: "Requests or functions fail, or are slow; the alarm below names the cause.",
    runbook: "faults",
  },
} as const satisfies Readonly<
  Record<string, { readonly when: "any" | "all" } & Pick<AlarmRow, "summary" | "runbook">>
>;

type AlarmGroup = keyof typeof ALARM_GROUPS;

const MINUTE = 60;
const DAY = 1_440 * MINUTE;

const START = "POST /v1/verifications";
const KEYS = "GET /.well-known/jwks.json";
/** Three bad minutes of five. A burst of two, such as a page that reloads, raises no alarm. */
const THREE_OF_FIVE_MINUTES = { periodSeconds: MINUTE, datapoints: 3, periods: 5 } as const;
const TWO_OF_FIVE_MINUTES = { periodSeconds: MINUTE, datapoints: 2, periods: 5 } as const;
const TWO_OF_THREE = { periodSeconds: 5 * MINUTE, datapoints: 2, periods: 3 } as const;
const ONE_OF = (periodSeconds: number) => ({ periodSeconds, datapoints: 1, periods: 1 });

/** A row that states none of these mails by itself, above zero, in one period of five minutes. */
const USUAL = { mail: "alone", threshold: 0, ...ONE_OF(5 * MINUTE) } as const;

type Row = Omit<AlarmRow, keyof typeof USUAL | "runbook"> & Partial<AlarmRow>;

/** Every alarm of a stage. A metric that may have no data is filled with 0; without data its alarm would keep its state. */
export function alarmRows(watched: Watched): readonly AlarmRow[] {
  return [
    ...requestRows(watched),
    ...refusalRows(watched),
    ...misuseRows(watched),
    ...contributorRows(watched),
    ...limitedRows(watched),
    ...spendRows(watched),
    ...providerRows(watched),
    ...callbackRows(watched),
    ...serviceRows(watched),
    ...slownessRows(watched),
    ...rareRows(watched),
    ...functionRows(watched),
    ...watchingRows(watched),
  ].map((row) => ({ ...USUAL, runbook: row.name, ...row }));
}

function requestRows(watched: Watched): readonly Row[] {
  const { expectedRequestsPerMinute } = watched.stage;
  return [
    {
      name: "request-spike",
      summary: "More requests than this stage ever expects.",
      why: "The ceiling is what the operator wrote into the stage. It holds from the first day, when no band has been learned.",
      signal: { metric: ofApi(watched, "Count") },
      threshold: expectedRequestsPerMinute,
      ...THREE_OF_FIVE_MINUTES,
    },
    {
      name: "unusual-requests",
      runbook: "request-spike",
      summary: "Far more requests than this hour of the week usually brings.",
      why: "A spike at night can stay below a ceiling made for the morning. Four deviations, upwards only; learns for two weeks.",
      mail: "unusual",
      signal: { unusual: ofApi(watched, "Count"), deviations: 4 },
      ...TWO_OF_THREE,
    },
    {
      name: "many-requests",
      runbook: "request-spike",
      summary: "A tenth of the requests that this stage expects at most.",
      why: "With hardly any sign-ins the band is near zero, and the first day with customers is above it. Mails with unusual-requests only.",
      mail: "unusual",
      signal: { metric: ofApi(watched, "Count") },
      threshold: (expectedRequestsPerMinute / 10) * 5,
      ...TWO_OF_THREE,
    },
  ];
}

/** Refusals by limits, challenges and the firewall. */
function refusalRows(watched: Watched): readonly Row[] {
  return [
    {
      name: "refused-starts",
      runbook: "refusal-spike",
      summary: "Most starts are refused.",
      why: "An attack that limits and challenges stop sends few messages and gets many refusals. People who solve a challenge are refused once for each code. Ten in a minute, two minutes of five. A pause, a full cap and Twilio's refusals have alarms of their own.",
      signal: {
        expression:
          "IF(FILL(starts,0)>=10,100*(FILL(starts,0)-FILL(started,0)-FILL(paused,0)-FILL(unavailable,0))/FILL(starts,1),0)",
        metrics: {
          starts: counted(watched, "Answers", { route: START }),
          started: counted(watched, "Answers", { route: START, result: "started" }),
          ...unsent(watched),
        },
      },
      threshold: 70,
      ...TWO_OF_FIVE_MINUTES,
    },
    {
      name: "refusal-spike",
      summary: "Many requests are refused.",
      why: "Limits, throttles and the firewall refuse requests. A fifth of the expected requests is far above typing errors; so are 20 a minute where hardly any are expected.",
      signal: { metric: ofApi(watched, "4XXError") },
      threshold: Math.max(20, watched.stage.expectedRequestsPerMinute / 5),
      ...THREE_OF_FIVE_MINUTES,
    },
  ];
}

function misuseRows(watched: Watched): readonly Row[] {
  const { expectedRequestsPerMinute } = watched.stage;
  const mostUnverified = {
    signal: {
      expression: "IF(FILL(sends,0)>=20,100*(FILL(sends,0)-FILL(approved,0))/FILL(sends,1),0)",
      metrics: { sends: sends(watched), approved: approvals(watched) },
    },
    threshold: 70,
  };
  return [
    {
      name: "wrong-codes",
      summary: "Many wrong codes are typed.",
      why: "Guessing spread over many numbers stays below the limit of each. A tenth of the expected requests, ten at least; people mistype one code in ten.",
      signal: {
        metric: counted(watched, "Answers", {
          route: "POST /v1/verifications/{id}/check",
          result: "incorrect",
        }),
      },
      threshold: Math.max(10, expectedRequestsPerMinute / 10),
      ...THREE_OF_FIVE_MINUTES,
    },
    {
      name: "api-keys-refused",
      runbook: "api-keys",
      summary: "API keys that are unknown, revoked or of no use here are tried again and again.",
      why: "A back end whose key has ended is refused at each request and needs the operator; guesses of keys are refused too. A hundred in five minutes are no typing error.",
      signal: { metric: counted(watched, "KeyRefusals", {}) },
      threshold: 100,
    },
    {
      name: "unverified-sends",
      summary: "Most codes that are sent are never used.",
      why: "The only sign of slow SMS pumping. People verify three of four; below three of ten they are not people. 20 sends are the fewest that mean anything.",
      ...mostUnverified,
      // Long enough to type the codes that were sent in it.
      ...ONE_OF(15 * MINUTE),
    },
    {
      name: "unverified-hours",
      runbook: "unverified-sends",
      summary: "Most codes of the last six hours were never used.",
      why: "Pumping that stays below 20 codes in a quarter of an hour costs thousands of messages in a month.",
      ...mostUnverified,
      ...ONE_OF(360 * MINUTE),
    },
  ];
}

function contributorRows({ insights }: Watched): readonly Row[] {
  return [
    {
      name: "hot-client",
      summary: "One address starts far too many verifications.",
      why: "Counted at the gateway, so refused requests count too. The limit of an address is 30 unverified sends in ten minutes; a carrier's shared one stays below 200 in five.",
      signal: { largestOf: insights.clients },
      threshold: 200,
    },
    {
      name: "hot-number",
      summary: "Far too many codes are requested for one number.",
      why: "Three in ten minutes are sent, for all callers together. Thirty requests in five minutes are a script that floods a person, or tries to.",
      signal: { largestOf: insights.numbers },
      threshold: 30,
    },
    {
      name: "guessing-client",
      runbook: "wrong-codes",
      summary: "One client sends many wrong codes.",
      why: "Five are a verification, and a person needs one. A carrier's shared address stays below 50 in five minutes.",
      signal: { largestOf: insights.guessers },
      threshold: 50,
    },
  ];
}

/** Refusals by scopes that many share, such as `range`, as the functions count them. */
function limitedRows(watched: Watched): readonly Row[] {
  const limited = (limitedScope: string) => counted(watched, "Limited", { limitedScope });
  return [
    {
      name: "limited-range",
      runbook: "limited-scopes",
      summary: "A range of numbers has too many unverified sends and gets no more codes for now.",
      why: "20 unverified codes in an hour to ten thousand neighbours are no people. Three refusals, so that one late send raises no alarm.",
      signal: { metric: limited("range") },
      threshold: 2,
    },
    {
      name: "limited-country",
      runbook: "limited-scopes",
      summary:
        "A country, or the whole service, has too many unverified sends: people without a returning ticket are refused.",
      why: "Honest people are refused too, so the first refusal counts.",
      signal: {
        expression: "FILL(country,0)+FILL(home,0)+FILL(service,0)",
        metrics: {
          country: limited("country"),
          home: limited("home-country"),
          service: limited("service"),
        },
      },
    },
  ];
}

/** Half of a cap warns. At the share that is not kept for returning tickets strangers are paused; a refused message counts as the whole cap. */
function spendRows(watched: Watched): readonly Row[] {
  const { stage } = watched;
  const rows = [
    { name: "spend-half", percent: 50, summary: "Half of a spend cap is used." },
    {
      name: "spend-strangers",
      percent: Math.min(80, 100 * (1 - stage.spend.keptForTickets)),
      summary:
        "So much of a spend cap is used that only people with a returning ticket get codes, now or soon.",
    },
    {
      name: "spend-all",
      // The last message that fits may end just below the cap.
      percent: 99,
      summary:
        "A spend cap has no room for a message that was asked for, until its hour or day ends.",
    },
  ] as const;
  return [
    {
      name: "spend-rate",
      runbook: "spend",
      summary: "Messages are sent so fast that they use up nine tenths of an hour's cap within it.",
      why: "The earliest trace of an attacker who proves own numbers, or misuses a back end's credential: none of these requests is refused. A service whose busiest hour comes near its cap has the cap too low.",
      signal: { metric: counted(watched, "SpentMicros", {}) },
      threshold: Math.floor(
        (0.9 * stage.spend.dollarsPerHour * 1_000_000 * (1 - knownShareOf(stage))) / 12,
      ),
    },
    ...rows.map(({ name, percent, summary }) => ({
      name,
      runbook: "spend",
      summary,
      why: "The tightest of the caps by hour, day and country. It is measured at each send, so silence changes nothing.",
      signal: { metric: spentPercent(watched) },
      threshold: Math.floor(percent) - 1,
      keepsState: true as const,
    })),
  ];
}

/** Messages that fail for a reason of Latchkey's or of Twilio's. */
function lostMessages(watched: Watched) {
  const fault = (what: string) => counted(watched, "Faults", { what });
  return {
    refused: fault("message-refused"),
    unanswered: fault("message-unanswered"),
    undelivered: fault("delivery-failed"),
  };
}

function providerRows(watched: Watched): readonly Row[] {
  const lost = "(FILL(refused,0)+FILL(unanswered,0)+FILL(undelivered,0))";
  return [
    {
      name: "provider-errors",
      summary:
        "Twilio refuses our messages, does not answer, or cannot deliver for a reason of ours.",
      why: "Refusals that are the number's own are not counted. A fifth of all sends, and three at least, so that one lost connection at night raises no alarm.",
      mail: "provider",
      signal: {
        // The end of a message may be reported when nothing is sent any more.
        expression: `IF(${lost}>=3,100*${lost}/(FILL(sends,0)+FILL(refused,0)+FILL(undelivered,0)),0)`,
        metrics: { sends: sends(watched), ...lostMessages(watched) },
      },
      threshold: 20,
    },
    {
      name: "undelivered",
      summary: "Many messages do not arrive.",
      why: "From the reports of networks; many networks report nothing, so a missing report counts for nothing. A third of the reported ones, and at least five. A few of a hundred phones are off. Invented numbers cause it too, so it mails alone.",
      signal: {
        expression:
          "IF(FILL(undelivered,0)>=5,100*FILL(undelivered,0)/(FILL(undelivered,0)+FILL(delivered,0)),0)",
        metrics: ends(watched),
      },
      threshold: 33,
      ...ONE_OF(15 * MINUTE),
    },
    {
      name: "dead-letters",
      summary: `The outcome of messages could not be reported to Twilio, or their texts not redacted there${watched.stage.events === true ? "; or events were not published" : ""}.`,
      why: "Lambda tried three times. Each letter is a text that Twilio still keeps, with its code. It lies for days, so it mails alone.",
      signal: {
        metric: {
          namespace: "AWS/SQS",
          name: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: watched.deadLettersName },
          statistic: "Maximum",
        },
      },
    },
  ];
}

function ends(watched: Watched) {
  const end = (delivery: string) => counted(watched, "Deliveries", { delivery });
  return { undelivered: end("undelivered"), delivered: end("delivered") };
}

/** Without callbacks there is no delivery status, no redaction and no automatic step of a plan. Test credentials get none. */
function callbackRows(watched: Watched): readonly Row[] {
  if (twilioModeOf(watched.stage) === "test") return [];
  const noEnd = (least: number) => ({
    expression: `IF(FILL(sends,0)>=${least},IF(FILL(delivered,0)+FILL(undelivered,0)>0,0,1),0)`,
    metrics: { sends: sends(watched), ...ends(watched) },
  });
  return [
    {
      name: "callbacks-refused",
      runbook: "callbacks",
      summary:
        "Callbacks of Twilio are refused, since their signature is not that of our auth token.",
      why: "A token that was rotated at Twilio alone. Strangers who try the address are few: more than five in a quarter of an hour. They can keep it on, so it mails alone.",
      signal: { metric: counted(watched, "Problems", { problem: "signature-invalid" }) },
      threshold: 5,
      ...ONE_OF(15 * MINUTE),
    },
    {
      name: "callbacks-missing",
      runbook: "callbacks",
      summary: "Twilio reports nothing of our messages.",
      why: "Of twenty messages in half an hour at least one has an end.",
      mail: "provider",
      signal: noEnd(20),
      ...ONE_OF(30 * MINUTE),
    },
    {
      name: "callbacks-missing-all-day",
      runbook: "callbacks",
      summary: "Twilio reported nothing of the few messages of this day.",
      why: "A stage with five messages a day never has twenty in half an hour.",
      signal: noEnd(5),
      ...ONE_OF(DAY),
    },
  ];
}

function problem(watched: Watched, code: ProblemCode): MetricSource {
  return counted(watched, "Problems", { problem: code });
}

/** Answers with 503. An operator's pause and a full cap are no faults; Twilio's refusals have an alarm of their own. */
function unsent(watched: Watched) {
  return {
    paused: problem(watched, "sending-paused"),
    unavailable: problem(watched, "provider-unavailable"),
  };
}

function failures(watched: Watched) {
  return { failed: ofApi(watched, "5XXError"), ...unsent(watched) };
}

function serviceRows(watched: Watched): readonly Row[] {
  const ours = "FILL(failed,0)-FILL(paused,0)-FILL(unavailable,0)";
  return [
    {
      name: "server-errors",
      summary: "Requests fail on our side.",
      why: "One in twenty, and three at least: a rate without a minimum mails for one request at night.",
      mail: "service",
      signal: {
        expression: `IF(${ours}>=3,100*(${ours})/FILL(all,1),0)`,
        metrics: { ...failures(watched), all: ofApi(watched, "Count") },
      },
      threshold: 5,
    },
    {
      name: "keys-unpublished",
      runbook: "server-errors",
      summary: "The keys of the proofs cannot be fetched.",
      why: "Back ends read them seldom and trust no proof without them, so the first failure counts.",
      mail: "service",
      signal: {
        expression: "FILL(answers,0)-FILL(keys,0)",
        metrics: {
          answers: counted(watched, "Answers", { route: KEYS }),
          keys: counted(watched, "Answers", { route: KEYS, result: "keys" }),
        },
      },
    },
    {
      name: "faults-of-any-kind",
      runbook: "faults",
      summary: "A fault repeats; the log names it.",
      why: "A challenge provider that does not answer, counters that cannot be written: what has no alarm of its own. More than five in a quarter of an hour. It can last for hours, so it mails alone.",
      signal: {
        expression: "FILL(faults,0)-FILL(refused,0)-FILL(unanswered,0)-FILL(undelivered,0)",
        metrics: { faults: counted(watched, "Faults", {}), ...lostMessages(watched) },
      },
      threshold: 5,
      ...ONE_OF(15 * MINUTE),
    },
  ];
}

function slownessRows(watched: Watched): readonly Row[] {
  return [
    {
      name: "latency",
      summary: "One request in twenty takes longer than four seconds.",
      why: "A start waits for Twilio, which answers in well under a second and is given five. Of five requests at least: a cold start is no incident.",
      mail: "service",
      signal: {
        expression: "IF(FILL(requests,0)>=5,FILL(slowest,0),0)",
        metrics: {
          requests: ofApi(watched, "Count"),
          slowest: ofApi(watched, "IntegrationLatency"),
        },
      },
      threshold: 4_000,
      ...TWO_OF_THREE,
    },
    {
      name: "table-throttles",
      summary: "DynamoDB throttles the table.",
      why: "On demand it should never. Its metrics keep an alarm as it was when they fall silent, so they are filled.",
      mail: "service",
      signal: {
        expression: "FILL(reads,0)+FILL(writes,0)",
        metrics: {
          reads: ofTable(watched, "ReadThrottleEvents"),
          writes: ofTable(watched, "WriteThrottleEvents"),
        },
      },
      ...TWO_OF_FIVE_MINUTES,
    },
  ];
}

/** Faults that few requests do not show in five minutes. */
function rareRows(watched: Watched): readonly Row[] {
  const { domain } = watched.stage;
  // A function that crashes answers and logs nothing, and a network that loses a message is no fault.
  const crashes = "FILL(failed,0)-FILL(paused,0)-FILL(unavailable,0)-FILL(internal,0)";
  const bad = `(FILL(faults,0)+${crashes}+FILL(ended,0)-FILL(late,0))`;
  return [
    {
      name: "failing-day",
      runbook: "faults",
      summary: "Most of the few sign-ins of this day failed.",
      why: "Five failed sign-ins that are spread over a day are too few for every other alarm. Logged faults, crashes and messages that did not arrive: three, and as many as sends, in 24 hours.",
      signal: {
        expression: `IF(${bad}>=3,100*${bad}/(FILL(sends,0)+${bad}),0)`,
        metrics: {
          ...failures(watched),
          internal: problem(watched, "internal-error"),
          faults: counted(watched, "Faults", {}),
          ended: ends(watched).undelivered,
          late: lostMessages(watched).undelivered,
          sends: sends(watched),
        },
      },
      threshold: 49,
      ...ONE_OF(DAY),
    },
    ...(domain === undefined
      ? []
      : [
          {
            name: "certificate",
            summary: "The certificate of the domain expires in less than three weeks.",
            why: "ACM renews two months before, where it can prove the domain; then it cannot.",
            signal: {
              expression: "IF(FILL(days,99)<21,1,0)",
              metrics: {
                days: {
                  namespace: "AWS/CertificateManager",
                  name: "DaysToExpiry",
                  dimensions: { CertificateArn: domain.certificateArn },
                  statistic: "Maximum" as const,
                },
              },
            },
            ...ONE_OF(DAY),
          },
        ]),
  ];
}

/** The functions whose events become dead letters. */
function lettersOf({ stage }: Watched): readonly AnyFunctionName[] {
  return stage.events === true ? ["report-outcome", "publish-events"] : ["report-outcome"];
}

function functionRows(watched: Watched): readonly Row[] {
  const names: readonly AnyFunctionName[] = [
    ...FUNCTION_NAMES,
    ...(watched.stage.events === true ? (["publish-events"] as const) : []),
  ];
  return names.map((name) => ({
    name: `function-faults-${name}`,
    runbook: "function-faults",
    summary: `The function ${name} crashes, runs out of time or is throttled.`,
    why: "What goes wrong inside is answered as a problem; a function that fails has not even done that. Three in five minutes.",
    mail: "service",
    signal: {
      expression: "FILL(errors,0)+FILL(throttles,0)",
      metrics: {
        errors: ofFunction(watched, name, "Errors"),
        throttles: ofFunction(watched, name, "Throttles"),
      },
    },
    threshold: 2,
  }));
}

/** The rules that report misuse, and the dead-letter queue, fail silently. */
function watchingRows(watched: Watched): readonly Row[] {
  const rules = watched.ruleNames.map((RuleName, index): [string, MetricSource] => [
    `rule${index}`,
    {
      namespace: "AWS/Events",
      name: "FailedInvocations",
      dimensions: { RuleName },
      statistic: "Sum",
    },
  ]);
  const letters = lettersOf(watched).map((name, index): [string, MetricSource] => [
    `letters${index === 0 ? "" : index}`,
    ofFunction(watched, name, "DeadLetterErrors"),
  ]);
  const silent = [...letters, ...rules];
  return [
    {
      name: "watching-fails",
      runbook: "faults",
      summary: "A report of misuse could not be mailed, or a failed outcome could not be kept.",
      why: "Nothing else reports either, so the first counts.",
      signal: {
        expression: silent.map(([id]) => `FILL(${id},0)`).join("+"),
        metrics: Object.fromEntries(silent),
      },
    },
  ];
}
