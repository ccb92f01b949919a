import type { JournalLine } from "./journal-line.ts";

/**
 * What CloudWatch counts, taken out of the log line itself: a member `_aws` says which of its fields are metrics and by which others they are
 * told apart (CloudWatch embedded metric format). Each combination is one metric and costs by the month, so there are few, and none by
 * anything that a caller can choose.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

type Metric = {
  /** The field of the line that the metric is named after. */
  readonly name: string;
  readonly unit: "Count" | "Milliseconds" | "Percent" | "None";
  /** The sets of fields that it is told apart by. Counted where the line has them all. */
  readonly by: readonly (readonly string[])[];
};

/** Every metric of ours. Alarms and the dashboard name these and no others; a test compares them. */
export const METRICS = {
  Answers: { name: "Answers", unit: "Count", by: [["route"], ["statusClass"]] },
  milliseconds: { name: "milliseconds", unit: "Milliseconds", by: [["route"]] },
  /** Answers that were refusals, by the code of the problem. */
  Problems: { name: "Problems", unit: "Count", by: [["problem"]] },
  /** Answers that were none, by what came of them. */
  Results: { name: "Results", unit: "Count", by: [["route", "result"]] },
  /** Approvals, each once: an answer that is fetched again is none. */
  Approvals: { name: "Approvals", unit: "Count", by: [[]] },
  /** Messages that were paid for, or may have to be. */
  Sends: { name: "Sends", unit: "Count", by: [[], ["country", "channel"]] },
  /** What they were reserved at, in millionths of the currency. */
  SpentMicros: { name: "SpentMicros", unit: "Count", by: [[], ["country"]] },
  /** How much of the tightest cap is spent. */
  spentPercent: { name: "spentPercent", unit: "Percent", by: [[]] },
  /** Sends that a scope refused, and that one would have refused. */
  Limited: { name: "Limited", unit: "Count", by: [["limitedScope"]] },
  Watched: { name: "Watched", unit: "Count", by: [["watchedScope"]] },
  /** What became of messages in the end: all together, by where they went, and why not. */
  Deliveries: {
    name: "Deliveries",
    unit: "Count",
    by: [["delivery"], ["country", "channel", "delivery"], ["reason"]],
  },
  /** What went wrong on our side or the provider's, whether or not a caller saw it. */
  Faults: { name: "Faults", unit: "Count", by: [[], ["what"]] },
  /** What a message cost, as the provider told it. By country and channel, of which a stage opens few. */
  price: { name: "price", unit: "None", by: [["currency", "country", "channel"]] },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

/** Deployments share an account, and must not share their counts. */
export function metricNamespace(deployment: string): string {
  return `Latchkey/${deployment}`;
}

export type CountedLine =
  | JournalLine
  | {
      readonly event: "answered";
      readonly status: number;
      readonly problem?: string;
      readonly result?: string;
    }
  | { readonly event: "priced" }
  | { readonly event: "fault" };

const COUNTS: readonly Metric[] = Object.values(METRICS);

/** The members that make a line count: what is added beside its fields, and which of both are metrics. */
export function metricsOf(
  line: CountedLine,
  { deployment, now }: { readonly deployment: string; readonly now: number },
): Readonly<Record<string, unknown>> {
  const added = addedTo(line);
  const fields = new Set(Object.keys({ ...line, ...added }));
  const counted = COUNTS.filter(({ name }) => fields.has(name)).map(({ name, unit, by }) => ({
    Namespace: metricNamespace(deployment),
    Dimensions: by.filter((set) => set.every((field) => fields.has(field))),
    Metrics: [{ Name: name, Unit: unit }],
  }));
  return { ...added, _aws: { Timestamp: now, CloudWatchMetrics: counted } };
}

function addedTo(line: CountedLine): Readonly<Record<string, string | number>> {
  switch (line.event) {
    case "fault":
      return { Faults: 1 };
    case "priced":
      return {};
    case "check":
      return line.result === "approved" ? { Approvals: 1 } : {};
    case "delivery":
      return { Deliveries: 1 };
    case "send":
      return {
        ...(line.outcome === "sent" && { Sends: 1, SpentMicros: line.priceMicros }),
        ...(line.limitedScope !== undefined && { Limited: 1 }),
        ...(line.watchedScope !== undefined && { Watched: 1 }),
      };
    case "answered":
      return {
        Answers: 1,
        statusClass: `${Math.floor(line.status / 100)}xx`,
        ...(line.problem !== undefined && { Problems: 1 }),
        ...(line.result !== undefined && { Results: 1 }),
      };
  }
}
