import type { JournalLine } from "./journal-line.ts";

/**
 * The metrics of CloudWatch, embedded in the log line: a member `_aws` names the fields that are metrics, and those that are dimensions
 * (CloudWatch embedded metric format). Each combination is one metric with a monthly price, so there are few, and a caller can choose none of
 * them. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

type Metric = {
  /** The field of the line that the metric is named after. */
  readonly name: string;
  readonly unit: "Count" | "Milliseconds" | "Percent" | "None";
  /** Its sets of dimensions. Counted if the line has all of a set. */
  readonly by: readonly (readonly string[])[];
};

/** Every metric. Alarms and the dashboard name these and no others; a test compares them. */
export const METRICS = {
  /** The successful ones by their result too. */
  Answers: {
    name: "Answers",
    unit: "Count",
    by: [["route"], ["statusClass"], ["route", "result"]],
  },
  milliseconds: { name: "milliseconds", unit: "Milliseconds", by: [["route"]] },
  /** Answers that were refusals, by the code of the problem. */
  Problems: { name: "Problems", unit: "Count", by: [["problem"]] },
  /** Approvals, each once: a repeated answer is none. */
  Approvals: { name: "Approvals", unit: "Count", by: [[], ["app"]] },
  /** Messages that cost money, or may. */
  Sends: { name: "Sends", unit: "Count", by: [[], ["country", "channel"], ["app"]] },
  /** Their reserved price, in millionths of the currency. */
  SpentMicros: { name: "SpentMicros", unit: "Count", by: [[], ["country"], ["app"]] },
  /** The spent share of the fullest cap. */
  spentPercent: { name: "spentPercent", unit: "Percent", by: [[]] },
  /** Sends that a scope refused, and that one would have refused. */
  Limited: { name: "Limited", unit: "Count", by: [["limitedScope"]] },
  Watched: { name: "Watched", unit: "Count", by: [["watchedScope"]] },
  /** Final outcomes of messages: all together, by destination, and by reason. */
  Deliveries: {
    name: "Deliveries",
    unit: "Count",
    by: [["delivery"], ["country", "channel", "delivery"], ["reason"]],
  },
  /** Faults of Latchkey or the provider, whether or not a caller saw them. */
  Faults: { name: "Faults", unit: "Count", by: [[], ["what"]] },
  /** Uses of API keys that were refused. A caller must not choose a dimension, so the key is not one. */
  KeyRefusals: { name: "KeyRefusals", unit: "Count", by: [[], ["keyOutcome"]] },
  /** The cost of a message, as the provider reported it. By country and channel, of which a stage opens few. */
  price: { name: "price", unit: "None", by: [["currency", "country", "channel"]] },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

/** Deployments of one account must not share their counts. */
export function metricNamespace(deployment: string): string {
  return `Latchkey/${deployment}`;
}

/** A line as far as it counts: nothing is counted by its verification. */
type Countable<Line> = Line extends unknown
  ? Omit<Line, "verification" | "checksRemaining">
  : never;

export type CountedLine =
  | Countable<JournalLine>
  | {
      readonly event: "answered";
      readonly status: number;
      readonly problem?: string;
      readonly result?: string;
    }
  | { readonly event: "priced" }
  | { readonly event: "key"; readonly keyOutcome: string }
  | { readonly event: "fault" };

const COUNTS: readonly Metric[] = Object.values(METRICS);

/** The members that make a line count: the added ones, and which of all are metrics. */
export function metricsOf(
  line: CountedLine,
  {
    deployment,
    now,
    app,
  }: {
    readonly deployment: string;
    readonly now: number;
    /** Whose request it is, where a stage has several apps. */
    readonly app?: string | undefined;
  },
): Readonly<Record<string, unknown>> {
  const added = addedTo(line);
  const fields = new Set(Object.keys({ ...line, ...added, ...(app && { app }) }));
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
    case "cancel":
    case "ruled-out":
      return {};
    case "key":
      return line.keyOutcome === "admitted" ? {} : { KeyRefusals: 1 };
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
      };
  }
}
