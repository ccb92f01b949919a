import type { AlarmRow } from "./alarm-rows.ts";
import type { MetricSource, Watched } from "./alarm-signals.ts";
import { byFunction } from "./by-function.ts";
import { evaluate, type Figure } from "./metric-math.ts";
import type { Stage } from "./stages.ts";

/** One value a minute of each series; nothing where CloudWatch would have no data. */
export type Series = Readonly<Record<string, readonly Figure[]>>;

/** The series that a row looks at, by their names in its expression. A band that CloudWatch learns is none here; the largest contributor is a series of its own. */
export function metricsOf({ signal }: Pick<AlarmRow, "signal">) {
  if ("expression" in signal) return signal.metrics;
  if ("metric" in signal) return { value: signal.metric };
  if ("unusual" in signal) return {};
  const { largestOf: name } = signal;
  const value: MetricSource = { namespace: "", name, dimensions: {}, statistic: "Maximum" };
  return { value };
}

/** Of metric math, what the row looks at; one metric is its own expression. */
export function expressionOf({ signal }: Pick<AlarmRow, "signal">): string {
  return "expression" in signal ? signal.expression : "value";
}

/** A band is learned by CloudWatch alone: nothing offline can replay it. */
export function isReplayable({ signal }: Pick<AlarmRow, "signal">): boolean {
  return !("unusual" in signal);
}

const TELLING = /^(route|result|what|problem|limitedScope|delivery|FunctionName)$/;

/** The name of a series in a replay: its metric and its dimensions. */
export function seriesName({ name, dimensions }: Pick<MetricSource, "name" | "dimensions">) {
  const telling = Object.entries(dimensions).filter(([dimension]) => TELLING.test(dimension));
  return [name, ...telling.toSorted().map(([, value]) => value)].join(" ");
}

/** The first minute, counted from 0, at whose end an alarm is on; nothing if it never is. */
export function minuteOfAlarm(row: AlarmRow, series: Series, minutes: number): number | undefined {
  const length = row.periodSeconds / 60;
  const over = Array.from({ length: Math.floor(minutes / length) }, (_, period) =>
    isOver(row, series, period),
  );
  const red = over.findIndex((_, last) => isRedBy(row, last, (period) => over[period] === true));
  return red === -1 ? undefined : (red + 1) * length;
}

/** Whether an alarm is on at the end of this minute. Periods start on the clock, and only whole ones count. */
export function isRed(row: AlarmRow, series: Series, end: number): boolean {
  const last = Math.floor(end / (row.periodSeconds / 60)) - 1;
  return isRedBy(row, last, (period) => isOver(row, series, period));
}

function isRedBy(row: AlarmRow, last: number, isOverIn: (period: number) => boolean): boolean {
  const periods = Array.from({ length: row.periods }, (_, back) => last - back);
  return periods.filter((period) => period >= 0 && isOverIn(period)).length >= row.datapoints;
}

function isOver(row: AlarmRow, series: Series, period: number): boolean {
  const length = row.periodSeconds / 60;
  const figure = figureOf(row, series, { from: period * length, to: (period + 1) * length });
  return figure !== undefined && figure > row.threshold;
}

/** The value of these minutes that the alarm compares with its threshold. */
export function figureOf(
  row: AlarmRow,
  series: Series,
  { from, to }: { readonly from: number; readonly to: number },
): Figure {
  const values = Object.entries(metricsOf(row)).map(([id, metric]) => {
    const points = (series[seriesName(metric)] ?? [])
      .slice(from, to)
      .filter((point) => point !== undefined);
    return [id, points.length === 0 ? undefined : AGGREGATES[metric.statistic](points)] as const;
  });
  return evaluate(expressionOf(row), Object.fromEntries(values));
}

const AGGREGATES: Readonly<
  Record<MetricSource["statistic"], (points: readonly number[]) => number>
> = {
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
