import { Aws, Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type CreateAlarmOptions,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { ALARM_GROUPS, type AlarmRow, alarmRows } from "./alarm-rows.ts";
import type { MetricSource, Watched } from "./alarm-signals.ts";

/**
 * The alarms of a stage. Faults mail through the composite of their group, since one cause sets off many. An alarm of abuse mails by itself: a composite that is already on would not mail a second attack. No alarm suppresses another.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, watched: Watched, topic: ITopic) {
    super(scope, id);
    const alarms = alarmRows(watched).map((row) => ({ row, alarm: alarmOf(this, row, watched) }));
    this.all = alarms.map(({ alarm }) => alarm);
    for (const { row, alarm } of alarms) if (row.mail === "alone") notify(alarm, topic);
    for (const [group, { when, ...text }] of Object.entries(ALARM_GROUPS)) {
      const members = alarms
        .filter(({ row }) => row.mail === group)
        .map(({ alarm }) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM));
      const composite = new CompositeAlarm(this, `${group}-group`, {
        compositeAlarmName: `${watched.name}-${group}`,
        alarmDescription: descriptionOf(watched, text),
        alarmRule: AlarmRule[when === "any" ? "anyOf" : "allOf"](...members),
      });
      notify(composite, topic);
    }
  }
}

function notify(alarm: AlarmBase, topic: ITopic): void {
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

/** Dashboards belong to the whole account. */
export function dashboardName(name: string): string {
  return `${name}-${Aws.REGION}`;
}

/** The text of the mail. */
export function descriptionOf(
  { name, stage: { runbooksUrl } }: Pick<Watched, "name" | "stage">,
  { summary, runbook }: Pick<AlarmRow, "summary" | "runbook">,
): string {
  const place =
    runbooksUrl === undefined
      ? `runbook ${runbook} at https://console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${dashboardName(name)}`
      : `${runbooksUrl}${runbook}.md`;
  return `${summary} What to do: ${place}`;
}

function alarmOf(scope: Construct, row: AlarmRow, watched: Watched): Alarm {
  const options = {
    alarmName: `${watched.name}-${row.name}`,
    alarmDescription: descriptionOf(watched, row),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: row.threshold,
    datapointsToAlarm: row.datapoints,
    evaluationPeriods: row.periods,
    // Missing data is neither misuse nor a fault; an expression fills a metric that must not be missing.
    treatMissingData: row.keepsState ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
  } satisfies CreateAlarmOptions;
  const { signal, periodSeconds } = row;
  const period = Duration.seconds(periodSeconds);
  if ("unusual" in signal) {
    const { threshold: _, ...band } = options;
    return new AnomalyDetectionAlarm(scope, row.name, {
      ...band,
      comparisonOperator: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      metric: metricOf(signal.unusual, period),
      stdDevs: signal.deviations,
    });
  }
  return new Alarm(scope, row.name, { ...options, metric: figureOf(row) });
}

function figureOf({ signal, periodSeconds, summary }: AlarmRow): Metric | MathExpression {
  const period = Duration.seconds(periodSeconds);
  if ("metric" in signal) return metricOf(signal.metric, period);
  if ("largestOf" in signal) {
    const expression = `INSIGHT_RULE_METRIC("${signal.largestOf}", "MaxContributorValue")`;
    return new MathExpression({ expression, label: summary, period, usingMetrics: {} });
  }
  if ("unusual" in signal) throw new Error("a band is no value");
  const usingMetrics = Object.fromEntries(
    Object.entries(signal.metrics).map(([id, source]) => [id, metricOf(source, period)]),
  );
  return new MathExpression({
    expression: signal.expression,
    label: summary,
    period,
    usingMetrics,
  });
}

export function metricOf(
  { namespace, name, dimensions, statistic }: MetricSource,
  period: Duration,
): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { ...dimensions },
    statistic,
    period,
  });
}
