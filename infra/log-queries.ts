/** A column: all lines, those with this value in a field, the sum of a field, or a percentile of the milliseconds. */
type Figure =
  | "lines"
  | { readonly field: string; readonly is: string }
  | { readonly sumOf: string }
  | { readonly millisecondsAt: number };

/** A question to the logs. Its text for Logs Insights and its evaluation on this machine follow from the same row. */
export type LogQuery = {
  readonly title: string;
  readonly event: "send" | "check" | "delivery" | "answered" | "fault";
  readonly by: readonly string[];
  /** The first one sorts, the largest first. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** `MOST_ROWS`, if not given. */
  readonly most?: number;
};

const ASKED = { asked: "lines", sent: { field: "outcome", is: "sent" } } as const;
/** What a person reads of a ranking. */
const MOST_ROWS = 50;
/** The most that Logs Insights returns at once. */
const MOST_LINES = 10_000;
/** The report joins these answers, and a row cut off in one would count as 0. */
const JOINED = { by: ["app", "country", "channel"], most: MOST_LINES } as const;

export const LOG_QUERIES = {
  clients: { title: "Who asks for codes? Clients", event: "send", by: ["client"], figures: ASKED },
  numbers: {
    title: "Do some numbers ask too often?",
    event: "send",
    by: ["number"],
    figures: ASKED,
  },
  ranges: { title: "Ranges", event: "send", by: ["scopes.range"], figures: ASKED },
  countries: { title: "Countries", event: "send", by: ["country"], figures: ASKED },
  sends: {
    title: "Sends by app, country and channel, and what they were reserved at",
    event: "send",
    ...JOINED,
    figures: { ...ASKED, micros: { sumOf: "priceMicros" } },
  },
  deliveries: {
    title: "Deliveries by app, country and channel",
    event: "delivery",
    ...JOINED,
    figures: {
      ended: "lines",
      delivered: { field: "delivery", is: "delivered" },
      undelivered: { field: "delivery", is: "undelivered" },
      rcs: { field: "upgrade", is: "rcs" },
    },
  },
  checks: {
    title: "Checks by app, country and channel",
    event: "check",
    ...JOINED,
    figures: { checked: "lines", approved: { field: "result", is: "approved" } },
  },
  refusals: {
    title: "Why are requests refused?",
    event: "answered",
    by: ["route", "problem"],
    figures: { answers: "lines" },
  },
  routes: {
    title: "How many milliseconds do answers take?",
    event: "answered",
    by: ["route"],
    figures: { answers: "lines", p50: { millisecondsAt: 50 }, p99: { millisecondsAt: 99 } },
  },
  faults: { title: "What goes wrong?", event: "fault", by: ["what"], figures: { faults: "lines" } },
} as const satisfies Readonly<Record<string, LogQuery>>;

export type LogQueryName = keyof typeof LOG_QUERIES;

/** The lines of a query in the language of Logs Insights. */
export function queryLines({ event, by, figures, most = MOST_ROWS }: LogQuery): readonly string[] {
  const columns = Object.entries(figures).map(
    ([name, figure]) => `${figureText(figure)} as ${name}`,
  );
  const [first] = Object.keys(figures);
  return [
    `filter event = "${event}"`,
    `stats ${columns.join(", ")} by ${by.join(", ")}`,
    `sort ${first} desc`,
    `limit ${most}`,
  ];
}

function figureText(figure: Figure): string {
  if (figure === "lines") return "count(*)";
  if ("millisecondsAt" in figure) return `pct(milliseconds, ${figure.millisecondsAt})`;
  return "sumOf" in figure ? `sum(${figure.sumOf})` : `sum(${figure.field} = "${figure.is}")`;
}

/** The text that finds the lines with this value in one of the fields, oldest first. */
export function timelineText(fields: readonly string[], value: string): string {
  const conditions = fields.map((field) => `${field} = ${JSON.stringify(value)}`);
  return `fields @message\n| filter ${conditions.join(" or ")}\n| sort @timestamp asc\n| limit ${MOST_LINES}`;
}

/** A row of an answer: its group and its figures, all as texts. */
export type LogRow = Readonly<Record<string, string>>;

/** The answer of Logs Insights, computed from the lines. */
export function answerOf(query: LogQuery, lines: readonly object[]): readonly LogRow[] {
  const groups = new Map<string, object[]>();
  for (const line of lines) {
    if (fieldIn(line, "event") !== query.event) continue;
    const key = JSON.stringify(query.by.map((field) => fieldIn(line, field) ?? null));
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  const [sorting = ""] = Object.keys(query.figures);
  return [...groups.values()]
    .map((group) => rowOf(query, group))
    .toSorted((one, other) => Number(other[sorting]) - Number(one[sorting]))
    .slice(0, query.most ?? MOST_ROWS);
}

function rowOf({ by, figures }: LogQuery, group: readonly object[]): LogRow {
  const [sample = {}] = group;
  return Object.fromEntries([
    ...by.map((field) => [field, fieldIn(sample, field) ?? ""]),
    ...Object.entries(figures).map(([name, figure]) => [name, String(figureIn(figure, group))]),
  ]);
}

function figureIn(figure: Figure, group: readonly object[]): number {
  if (figure === "lines") return group.length;
  if ("millisecondsAt" in figure) {
    const sorted = group
      .map((line) => Number(fieldIn(line, "milliseconds")))
      .toSorted((a, b) => a - b);
    return sorted[Math.ceil((figure.millisecondsAt / 100) * sorted.length) - 1] ?? 0;
  }
  if ("sumOf" in figure)
    return group.reduce((sum, line) => sum + Number(fieldIn(line, figure.sumOf) ?? 0), 0);
  return group.filter((line) => fieldIn(line, figure.field) === figure.is).length;
}

/** The text of a field, which a dot leads into. */
export function fieldIn(line: object, path: string): string | undefined {
  const found = path.split(".").reduce<unknown>((value, name) => Object(value)[name], line);
  return found === undefined || found === null ? undefined : String(found);
}

/** A slash makes a folder of it in the console. */
export function queryName(deploymentName: string, name: string): string {
  return `${deploymentName}/${name}`;
}
