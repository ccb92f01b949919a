import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Aws, Duration } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { METRICS, type MetricName, metricNamespace } from "../functions/runtime/metrics.ts";
import {
  approvals,
  counted,
  type MetricSource,
  ofApi,
  ofFunction,
  sends,
  spentPercent,
  type Watched,
} from "./alarm-signals.ts";
import { dashboardName, metricOf } from "./alarms.ts";
import { FUNCTION_NAMES } from "./by-function.ts";
import { LOG_QUERIES, type LogQuery, queryLines } from "./log-queries.ts";

export type DashboardProps = {
  readonly watched: Watched;
  readonly alarms: readonly Alarm[];
  readonly accessLogName: string;
  readonly sendLogNames: readonly string[];
};

const FIVE_MINUTES = Duration.minutes(5);
const DAY = Duration.days(1);
const WIDTH = 12;
const THIRD = 8;
const HEIGHT = 6;

/** US dollars, estimated: cli/costs.ts gives 7 for a million requests of ordinary traffic and 15 at full throttle. */
const MILLION_REQUESTS_DOLLARS = 12;

/** The dashboard of a deployment. The first row shows clients, spikes and numbers; the rows below show alarms, approvals, Twilio and cost. */
export class OperatorDashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { watched, alarms, accessLogName } = props;
    const { name } = watched;
    new Dashboard(this, "Dashboard", {
      dashboardName: dashboardName(name),
      defaultInterval: Duration.hours(12),
      widgets: [
        firstRow(props),
        [
          new AlarmStatusWidget({ title: "Is something wrong?", alarms: [...alarms], width: 16 }),
          new TextWidget({
            markdown: `## ${name}\nWhat to do about each alarm stands at the end of this page.`,
            width: 8,
            height: 3,
          }),
        ],
        requestWidgets(watched),
        askerWidgets(watched, accessLogName),
        verifiedWidgets(watched),
        destinationWidgets(watched),
        providerWidgets(watched),
        healthWidgets(watched),
        costWidgets(watched),
        runbookWidgets(),
      ],
    });
  }
}

/** The three questions of every operator, side by side. */
function firstRow({ watched, sendLogNames }: DashboardProps): IWidget[] {
  const { clients, numbers } = watched.insights;
  const ceiling = watched.stage.expectedRequestsPerMinute;
  return [
    queryTable(LOG_QUERIES.clients, sendLogNames, THIRD),
    new GraphWidget({
      title: "Are there spikes? Requests a minute",
      left: [
        named("all", metricOf(ofApi(watched, "Count"), Duration.minutes(1))),
        named("refused", metricOf(ofApi(watched, "4XXError"), Duration.minutes(1))),
      ],
      leftAnnotations: [{ value: ceiling, label: "expected at most" }],
      width: THIRD,
      height: HEIGHT,
    }),
    new GraphWidget({
      title: "Do some numbers ask too often? In five minutes",
      left: [
        largestOf(numbers, "sends asked for the busiest number"),
        largestOf(clients, "starts of the busiest address"),
      ],
      width: THIRD,
      height: HEIGHT,
    }),
  ];
}

function queryTable(query: LogQuery, logGroupNames: readonly string[], width = WIDTH): IWidget {
  return new LogQueryWidget({
    title: query.title,
    logGroupNames: [...logGroupNames],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [...queryLines(query)],
    width,
    height: HEIGHT,
  });
}

function requestWidgets(watched: Watched): IWidget[] {
  return [graph("Which requests? Answers by route", [everyOne(watched, "Answers", ["route"])])];
}

function askerWidgets(watched: Watched, accessLogName: string): IWidget[] {
  const { guessers } = watched.insights;
  return [
    graph("Are codes guessed? In five minutes", [
      largestOf(guessers, "wrong codes of the busiest client"),
    ]),
    new LogQueryWidget({
      title: "From which addresses? Starts at the gateway, refused ones too",
      logGroupNames: [accessLogName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'filter route = "POST /v1/verifications"',
        "stats count(*) as starts, sum(status >= 400) as refused by ip",
        "sort starts desc",
        "limit 20",
      ],
      width: WIDTH,
      height: HEIGHT,
    }),
  ];
}

function largestOf(rule: string, label: string): IMetric {
  return math(`INSIGHT_RULE_METRIC("${rule}", "MaxContributorValue")`, label, FIVE_MINUTES);
}

/** Destinations of messages, and refusals by shared limits. */
function destinationWidgets(watched: Watched): IWidget[] {
  return [
    graph("Where do messages go? By country and channel", [
      everyOne(watched, "Sends", ["country", "channel"]),
    ]),
    graph("Does it arrive? By country and channel", [
      everyOne(watched, "Deliveries", ["country", "channel", "delivery"]),
      everyOne(watched, "Deliveries", ["reason"]),
    ]),
    graph("What has been limited? Refusals by scope", [
      everyOne(watched, "Limited", ["limitedScope"]),
      everyOne(watched, "Watched", ["watchedScope"]),
    ]),
  ];
}

function verifiedWidgets(watched: Watched): IWidget[] {
  const { sent, approved } = totals(watched, FIVE_MINUTES);
  return [
    graph("How many codes are verified?", [sent, approved]),
    graph("Why are requests refused? By problem", [everyOne(watched, "Problems", ["problem"])]),
  ];
}

function providerWidgets(watched: Watched): IWidget[] {
  return [
    graph("Does Twilio work? Faults", [everyOne(watched, "Faults", ["what"])]),
    graph("What became of it? Results", [everyOne(watched, "Answers", ["route", "result"])]),
  ];
}

function healthWidgets(watched: Watched): IWidget[] {
  const errors = FUNCTION_NAMES.map((name) =>
    named(name, metricOf(ofFunction(watched, name, "Errors"), FIVE_MINUTES)),
  );
  return [
    graph("How long does it take? Milliseconds, 95th percentile", [
      named("gateway", metricOf(ofApi(watched, "IntegrationLatency"), FIVE_MINUTES)),
      everyOne(watched, "milliseconds", ["route"], "p95"),
    ]),
    graph("Do functions fail? Errors", errors),
  ];
}

function costWidgets(watched: Watched): IWidget[] {
  const { sent } = totals(watched, DAY);
  const requests = named("requests", metricOf(ofApi(watched, "Count"), DAY));
  const cost = math(
    `FILL(requests,0)*${MILLION_REQUESTS_DOLLARS}/1000000`,
    "AWS, about, in US dollars",
    DAY,
    { requests },
  );
  const micros = metricOf(counted(watched, "SpentMicros", {}), DAY);
  const said = "messages as reserved, in US dollars";
  const messages = math("FILL(micros,0)/1000000", said, DAY, { micros });
  return [
    new SingleValueWidget({
      title: "What does it cost today?",
      metrics: [messages, cost, sent, requests],
      width: WIDTH,
      height: HEIGHT,
    }),
    graph("How much of a spend cap is used? Percent of the tightest", [
      named("spent", metricOf(spentPercent(watched), FIVE_MINUTES)),
    ]),
  ];
}

function totals(watched: Watched, period: Duration) {
  const of = (source: MetricSource) => metricOf(source, period);
  const sent = math("FILL(sends,0)", "sent", period, { sends: of(sends(watched)) });
  const approved = math("FILL(approved,0)", "verified", period, {
    approved: of(approvals(watched)),
  });
  return { sent, approved };
}

function math(
  expression: string,
  label: string,
  period: Duration,
  usingMetrics: Record<string, IMetric> = {},
): MathExpression {
  return new MathExpression({ expression, label, period, usingMetrics });
}

/** Every series of a metric, found by its dimensions: a new problem needs no new line here. */
function everyOne(
  watched: Watched,
  name: MetricName,
  by: readonly string[],
  statistic = "Sum",
): IMetric {
  const schema = `{${metricNamespace(watched.name)},${by.join(",")}}`;
  return new MathExpression({
    expression: `SEARCH('${schema} MetricName="${METRICS[name].name}"', '${statistic}', 300)`,
    label: "",
    period: FIVE_MINUTES,
    usingMetrics: {},
    searchRegion: Aws.REGION,
  });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: WIDTH, height: HEIGHT });
}

function named(label: string, metric: ReturnType<typeof metricOf>) {
  return metric.with({ label });
}

const RUNBOOKS = join(import.meta.dirname, "../docs/operate/runbooks");

/** The text of the runbooks, beside the alarms and independent of the API. Relative links are removed. */
function runbookWidgets(): IWidget[] {
  const pages = readdirSync(RUNBOOKS).filter((page) => page !== "README.md");
  return pages.toSorted().map((page) => {
    const text = readFileSync(join(RUNBOOKS, page), "utf8");
    const plain = text.replace(/\[([^\]]+)\]\((?!https:)[^)]*\)/g, "$1");
    const markdown = `Runbook ${page.replace(".md", "")}\n${plain}`;
    return new TextWidget({ markdown, width: THIRD, height: 2 * HEIGHT });
  });
}
