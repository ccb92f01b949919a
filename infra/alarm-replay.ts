import type { Template } from "aws-cdk-lib/assertions";
import * as v from "valibot";
import type { AlarmRow } from "./alarm-rows.ts";
import type { MetricSource, Watched } from "./alarm-signals.ts";
import { byFunction } from "./by-function.ts";
import { evaluate, type Figure } from "./metric-math.ts";
import type { Stage } from "./stages.ts";

/** One value a minute of each series; nothing where CloudWatch would have no data. */
export type Series = Readonly<Record<string, readonly Figure[]>>;

const DIMENSIONS = v.optional(v.array(v.object({ Name: v.string(), Value: v.unknown() })), []);
const NAMED = { MetricName: v.string(), Namespace: v.string(), Dimensions: DIMENSIONS };
const METRIC = v.object(NAMED);
const QUERY = v.object({
  Id: v.string(),
  // A rule of Contributor Insights is named by a reference, which makes its alarm wait for it.
  Expression: v.optional(
    v.union([
      v.string(),
      v.pipe(v.object({ "Fn::Join": v.unknown() }), v.transform(JSON.stringify)),
    ]),
  ),
  MetricStat: v.optional(v.object({ Metric: METRIC, Period: v.number(), Stat: v.string() })),
  ReturnData: v.optional(v.boolean(), true),
  Period: v.optional(v.number()),
});
const ALARM = v.object({
  AlarmName: v.string(),
  AlarmDescription: v.unknown(),
  ComparisonOperator: v.string(),
  Threshold: v.optional(v.number()),
  EvaluationPeriods: v.number(),
  DatapointsToAlarm: v.number(),
  TreatMissingData: v.string(),
  Period: v.optional(v.number()),
  Statistic: v.optional(v.string()),
  ExtendedStatistic: v.optional(v.string()),
  EvaluateLowSampleCountPercentile: v.optional(v.string()),
  MetricName: v.optional(v.string()),
  Namespace: v.optional(v.string()),
  Dimensions: DIMENSIONS,
  Metrics: v.optional(v.array(QUERY), []),
  AlarmActions: v.optional(v.array(v.unknown()), []),
  OKActions: v.optional(v.array(v.unknown()), []),
});
export type Alarm = v.InferOutput<typeof ALARM>;

export type NamedMetric = v.InferOutput<typeof METRIC> & {
  readonly id: string;
  readonly stat: string;
};

/** The alarms of a template, by name without the stage. */
export function alarmsIn(template: Template): ReadonlyMap<string, Alarm> {
  const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm")).map((resource) =>
    v.parse(ALARM, resource["Properties"]),
  );
  return new Map(
    alarms.map((alarm) => [alarm.AlarmName.replace(/^latchkey-[a-z]+-/, ""), alarm] as const),
  );
}

/** Every series that an alarm looks at. */
export function metricsOf(alarm: Alarm): readonly NamedMetric[] {
  const { MetricName, Namespace, Dimensions, Statistic, ExtendedStatistic, Metrics } = alarm;
  if (MetricName !== undefined && Namespace !== undefined)
    return [
      {
        id: "value",
        MetricName,
        Namespace,
        Dimensions,
        stat: Statistic ?? ExtendedStatistic ?? "",
      },
    ];
  return Metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined ? [] : [{ id: Id, ...MetricStat.Metric, stat: MetricStat.Stat }],
  );
}

export function periodOf({ Period, Metrics }: Alarm): number {
  const periods = Metrics.flatMap(({ Period: own, MetricStat }) => [own, MetricStat?.Period]);
  const [period] = [Period, ...periods].filter((found) => found !== undefined);
  if (period === undefined) throw new Error("an alarm without a period");
  return period;
}

/** Of metric math, what the alarm looks at; the one metric of a plain alarm is its own expression. */
export function expressionOf({ MetricName, Metrics }: Alarm): string {
  if (MetricName !== undefined) return "value";
  return Metrics.find(({ ReturnData }) => ReturnData)?.Expression ?? "";
}

/** Bands are learned and contributors are counted by CloudWatch alone: nothing offline can replay them. */
export function isReplayable(alarm: Alarm): boolean {
  return alarm.Metrics.every(
    ({ Expression }) => !/INSIGHT_RULE_METRIC|ANOMALY_DETECTION_BAND/.test(Expression ?? ""),
  );
}

/** The name of a series in a replay: its metric and its dimensions. */
export function seriesName({
  MetricName,
  Dimensions,
}: Pick<NamedMetric, "MetricName" | "Dimensions">) {
  const telling = Dimensions.filter(({ Name }) =>
    /^(route|result|what|problem|limitedScope|delivery|FunctionName)$/.test(Name),
  );
  const values = telling.map(({ Value }) =>
    JSON.stringify(Value)
      .replace(/^\{"Ref":"(\w+)[0-9A-F]{8}"\}$/, "$1")
      .replaceAll('"', ""),
  );
  return [MetricName, ...values].join(" ");
}

/** The first minute, counted from 0, at whose end an alarm is on; nothing if it never is. */
export function minuteOfAlarm(alarm: Alarm, series: Series, minutes: number): number | undefined {
  for (let end = 1; end <= minutes; end += 1) if (isRed(alarm, series, end)) return end;
  return undefined;
}

/** Whether an alarm is on at the end of this minute. */
export function isRed(alarm: Alarm, series: Series, end: number): boolean {
  const { EvaluationPeriods, DatapointsToAlarm, TreatMissingData, Threshold = 0 } = alarm;
  if (
    alarm.ComparisonOperator !== "GreaterThanThreshold" ||
    !["notBreaching", "ignore"].includes(TreatMissingData)
  )
    throw new Error(`${alarm.AlarmName} is an alarm of a kind that no replay knows`);
  const length = periodOf(alarm) / 60;
  // Periods start on the clock, and only whole ones count.
  const last = Math.floor(end / length);
  const figures = Array.from({ length: EvaluationPeriods }, (_, back) => last - 1 - back)
    .filter((period) => period >= 0)
    .map((period) => figureOf(alarm, series, { from: period * length, to: (period + 1) * length }));
  const red = figures.filter((figure) => figure !== undefined && figure > Threshold);
  return red.length >= DatapointsToAlarm;
}

/** The value of these minutes that the alarm compares with its threshold. */
export function figureOf(
  alarm: Alarm,
  series: Series,
  { from, to }: { readonly from: number; readonly to: number },
): Figure {
  const values = metricsOf(alarm).map((metric) => {
    const points = (series[seriesName(metric)] ?? [])
      .slice(from, to)
      .filter((point) => point !== undefined);
    return [
      metric.id,
      points.length === 0 ? undefined : AGGREGATES[metric.stat]?.(points),
    ] as const;
  });
  return evaluate(expressionOf(alarm), Object.fromEntries(values));
}

const AGGREGATES: Readonly<Record<string, (points: readonly number[]) => number>> = {
  Sum: (points) => points.reduce((sum, point) => sum + point, 0),
  Maximum: (points) => Math.max(...points),
  // A replay gives the percentile of each minute itself.
  p95: (points) => Math.max(...points),
};

/** By the names of the rules of Contributor Insights: how much the largest did of it in the period. */
export const CONTRIBUTORS = {
  clients: "clients",
  numbers: "numbers",
  guessers: "guessers",
} as const;

/** The parts of a stack, by the names that the series of a replay have. */
export function watchedOffline(stage: Stage): Watched {
  return {
    stage,
    stageName: "prod",
    name: "api",
    tableName: "table",
    functionNames: byFunction((name) => name),
    deadLettersName: "letters",
    insights: CONTRIBUTORS,
    ruleNames: [],
  };
}

/** A row as its template has it. A band that CloudWatch learns is none here; the largest contributor is a series of its own. */
export function alarmOf({ name, summary, signal, ...row }: AlarmRow): Alarm | undefined {
  if ("unusual" in signal) return undefined;
  const [expression, metrics] =
    "expression" in signal ? [signal.expression, signal.metrics] : ["value", metricOf(signal)];
  return {
    AlarmName: name,
    AlarmDescription: summary,
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: row.threshold,
    EvaluationPeriods: row.periods,
    DatapointsToAlarm: row.datapoints,
    TreatMissingData: row.keepsState ? "ignore" : "notBreaching",
    Period: row.periodSeconds,
    Dimensions: [],
    Metrics: [
      ...Object.entries(metrics).map(([Id, source]) => ({
        Id,
        MetricStat: { Metric: named(source), Period: row.periodSeconds, Stat: source.statistic },
        ReturnData: false,
      })),
      { Id: "result", Expression: expression, ReturnData: true },
    ],
    AlarmActions: [],
    OKActions: [],
  };
}

function metricOf(signal: { readonly metric: MetricSource } | { readonly largestOf: string }) {
  if ("metric" in signal) return { value: signal.metric };
  const { largestOf: name } = signal;
  const value: MetricSource = { namespace: "", name, dimensions: {}, statistic: "Maximum" };
  return { value };
}

function named({ name, namespace, dimensions }: MetricSource) {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { MetricName: name, Namespace: namespace, Dimensions } satisfies Partial<NamedMetric>;
}
