import * as v from "valibot";
import { METRICS } from "../../functions/runtime/metrics.ts";
import {
  CONTRIBUTORS,
  figureOf,
  isRed,
  type Series,
  watchedOffline,
} from "../../infra/alarm-replay.ts";
import { type AlarmRow, alarmRows } from "../../infra/alarm-rows.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import type { Stage } from "../../infra/stages.ts";
import type { FunctionLine } from "../functions/thread.ts";
import type { Served } from "../gateway/served.ts";

/** The metrics that CloudWatch would have of the running system, one value a minute, and the alarms of the stage. */
export type Metrics = {
  readonly served: (
    served: Pick<Served, "method" | "resource" | "status" | "milliseconds" | "address">,
  ) => void;
  readonly wrote: (line: FunctionLine) => void;
  /** The values of each of the last minutes, the current one last; 0 where nothing was counted. */
  readonly lastMinutes: (name: string, minutes: number) => readonly number[];
  /** Names of series that begin with this. */
  readonly named: (prefix: string) => readonly string[];
  readonly alarms: () => readonly AlarmState[];
};

export type AlarmState = {
  readonly name: string;
  readonly summary: string;
  readonly runbook: string;
  readonly threshold: number;
  /** Of the figure and the threshold. */
  readonly unit: "" | "$" | "%" | "ms";
  /** Of the period that is not over yet. */
  readonly figure: number;
  /** `learning`: the alarm needs a band that only CloudWatch learns. */
  readonly state: "ok" | "alarm" | "learning";
};

const MINUTE_MS = 60_000;
/** Periods of alarms start on the clock, so the first minute is the first of a day. */
const DAY_MINUTES = 1_440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** The period of the alarms on contributors. */
const CONTRIBUTOR_MINUTES = 5;
/** The share of requests that IntegrationLatency leaves out. */
const PERCENTILE = 0.95;

/** A line in CloudWatch's embedded metric format. */
const EMBEDDED = v.looseObject({
  event: v.optional(v.string()),
  _aws: v.object({
    CloudWatchMetrics: v.array(
      v.object({
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.object({ Name: v.string(), Unit: v.string() })),
      }),
    ),
  }),
});

/** The line that Lambda writes after a failed handler, for the metric `Errors`. */
const FAILED = v.object({ level: v.literal("ERROR"), kind: v.string() });

type Join = (one: number, other: number) => number;
const add: Join = (one, other) => one + other;

/** Values by minute, the first of them at midnight; of so many days, the current one included. */
export function createSeries(now: () => number, daysKept = 2) {
  const all = new Map<string, (number | undefined)[]>();
  const contributions = new Map<string, number>();
  let beginning = Math.floor(now() / DAY_MS) * DAY_MS;
  const minute = () => Math.floor((now() - beginning) / MINUTE_MS);

  function forgetOld(): void {
    if (minute() < daysKept * DAY_MINUTES) return;
    for (const figures of all.values()) figures.splice(0, DAY_MINUTES);
    contributions.clear();
    beginning += DAY_MS;
  }

  function note(name: string, figure: number, join: Join = add): void {
    forgetOld();
    const figures = all.get(name) ?? [];
    figures[minute()] = join(figures[minute()] ?? 0, figure);
    all.set(name, figures);
  }

  return {
    all,
    minute,
    note,
    /** The largest contributor counts. */
    contribute(to: string, contributor: string): void {
      const key = `${to} ${contributor} ${Math.floor(minute() / CONTRIBUTOR_MINUTES)}`;
      const total = (contributions.get(key) ?? 0) + 1;
      contributions.set(key, total);
      note(to, total, Math.max);
    },
  };
}

type AllSeries = ReturnType<typeof createSeries>;

export function createMetrics(stage: Stage, now: () => number): Metrics {
  const series = createSeries(now);
  const { all, minute, note, contribute } = series;
  const latencies = createLatencies(series);
  const rows = alarmRows(watchedOffline(stage));
  return {
    served({ method, resource, status, milliseconds, address }) {
      noteAnswer(series, status);
      latencies.add(milliseconds);
      if (`${method} ${resource}` === "POST /v1/verifications")
        contribute(CONTRIBUTORS.clients, address);
    },
    wrote({ functionName, line }) {
      const parsed = jsonIn(line);
      const name = FUNCTION_NAMES.find((one) => functionName.endsWith(`-${one}`));
      if (v.is(FAILED, parsed) && name !== undefined) note(`Errors ${name}`, 1);
      countLine(series, parsed);
    },
    lastMinutes(name, minutes) {
      const figures = all.get(name) ?? [];
      const first = minute() - minutes + 1;
      return Array.from({ length: minutes }, (_, index) => figures[first + index] ?? 0);
    },
    named: (prefix) => [...all.keys()].filter((name) => name.startsWith(prefix)),
    alarms() {
      latencies.flush();
      const values = Object.fromEntries([...all].map(([name, list]) => [name, Array.from(list)]));
      return rows.map((row) => stateOf(row, values, minute()));
    },
  };
}

function stateOf(row: AlarmRow, values: Series, minute: number): AlarmState {
  const { name, summary, runbook, periodSeconds } = row;
  const { unit, divisor } = unitOf(row);
  const shown = { name, summary, runbook, threshold: row.threshold / divisor, unit };
  // This group needs a band that only CloudWatch learns.
  if (row.mail === "unusual") return { ...shown, figure: 0, state: "learning" };
  const length = (periodSeconds * 1_000) / MINUTE_MS;
  const from = Math.floor(minute / length) * length;
  const figure = figureOf(row, values, { from, to: from + length }) ?? 0;
  return { ...shown, figure: figure / divisor, state: isRed(row, values, minute) ? "alarm" : "ok" };
}

/** The shown unit of a row, and its size. */
function unitOf({ signal }: AlarmRow): Pick<AlarmState, "unit"> & { readonly divisor: number } {
  if ("expression" in signal) {
    const isTime = Object.values(signal.metrics).some(({ statistic }) => statistic === "p95");
    const isShare = signal.expression.includes("100*");
    return { unit: isTime ? "ms" : isShare ? "%" : "", divisor: 1 };
  }
  const name = "metric" in signal ? signal.metric.name : "";
  if (name === METRICS.SpentMicros.name) return { unit: "$", divisor: 1_000_000 };
  return { unit: name === METRICS.spentPercent.name ? "%" : "", divisor: 1 };
}

/** A percentile needs all values of its minute. It is computed when it is read. */
function createLatencies({ note, minute }: AllSeries) {
  let of = 0;
  let values: number[] = [];
  return {
    add(milliseconds: number): void {
      if (of !== minute()) values = [];
      of = minute();
      values.push(milliseconds);
    },
    flush(): void {
      const sorted = values.toSorted((one, other) => one - other);
      const p95 = sorted[Math.floor(sorted.length * PERCENTILE)];
      if (p95 !== undefined && of === minute())
        note("IntegrationLatency", p95, (_, figure) => figure);
    },
  };
}

/** What API Gateway counts of an answer: 0 where nothing went wrong. */
export function noteAnswer({ note }: AllSeries, status: number): void {
  note("Count", 1);
  note("4XXError", status >= 400 && status < 500 ? 1 : 0);
  note("5XXError", status >= 500 ? 1 : 0);
}

/** What CloudWatch counts of a log line, as metrics and as Contributor Insights. */
export function countLine(series: AllSeries, line: unknown): void {
  if (!v.is(EMBEDDED, line)) return;
  count(series, line);
  contributeLine(series, line);
}

function count({ note }: AllSeries, line: v.InferOutput<typeof EMBEDDED>): void {
  const directives = line._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Metrics.flatMap((metric) => Dimensions.map((dimensions) => ({ ...metric, dimensions }))),
  );
  for (const { Name, Unit, dimensions } of directives) {
    const figure = line[Name];
    // Sorted, as the series of an alarm are.
    const name = [Name, ...dimensions.toSorted().map((field) => String(line[field]))].join(" ");
    if (typeof figure === "number") note(name, figure, Unit === "Percent" ? Math.max : add);
  }
}

/** As the rules of Contributor Insights count them. */
function contributeLine(
  { contribute }: AllSeries,
  { event, number, client, result }: Readonly<Record<string, unknown>>,
): void {
  if (event === "send") contribute(CONTRIBUTORS.numbers, String(number));
  if (event === "check" && result === "incorrect")
    contribute(CONTRIBUTORS.guessers, String(client));
}

/** Nothing where a line is no JSON. */
export function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
