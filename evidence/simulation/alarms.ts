import { PROBLEMS } from "../../functions/http/problem.ts";
import { type CountedLine, METRICS, metricsOf } from "../../functions/runtime/metrics.ts";
import type { Refusal } from "../../functions/verification/outcomes.ts";
import { alarmOf, CONTRIBUTORS, minuteOfAlarm, watchedOffline } from "../../infra/alarm-replay.ts";
import { alarmRows } from "../../infra/alarm-rows.ts";
import type { Stage } from "../../infra/stages.ts";

/** What CloudWatch would have counted of a run, and when an alarm of the stage would have gone red. */
export type Metrics = {
  readonly answered: (answer: Answer) => void;
  readonly wrote: (line: CountedLine) => void;
  /** Which alarms mail from this minute on, and at which minute counted from it; the first one first. `isUnusual`: whether the band that CloudWatch learns is taken as exceeded all the time, or never. */
  readonly alarms: (fromMinute: number, isUnusual: boolean) => readonly FirstAlarm[];
};

type Answer = {
  readonly route: string;
  /** What came of it: a result, or why it was refused. */
  readonly result: string | { readonly refused: Refusal["why"] };
  /** Whose start it was, where it was one: the gateway counts them by address. */
  readonly address?: string;
};

export type FirstAlarm = { readonly name: string; readonly minute: number };

const MINUTE_MS = 60_000;
/** The period of the alarms on the most active client, range or number. */
const CONTRIBUTOR_MINUTES = 5;

export function metricsFrom(stage: Stage, now: () => number): Metrics {
  const beginning = now();
  const series = new Map<string, (number | undefined)[]>();
  const contributions = new Map<string, number>();
  const minute = () => Math.floor((now() - beginning) / MINUTE_MS);

  function note(name: string, figure: number, join: (one: number, other: number) => number = add) {
    const figures = series.get(name) ?? [];
    figures[minute()] = join(figures[minute()] ?? 0, figure);
    series.set(name, figures);
  }

  function count(line: CountedLine): void {
    for (const { name, figure, isLargest } of figuresOf(line, now()))
      note(name, figure, isLargest ? Math.max : add);
  }

  function contribute(to: string, contributor: string): void {
    const period = Math.floor(minute() / CONTRIBUTOR_MINUTES);
    const key = `${to} ${contributor} ${period}`;
    const total = (contributions.get(key) ?? 0) + 1;
    contributions.set(key, total);
    note(to, total, Math.max);
  }

  function contributeLine(line: CountedLine): void {
    if (line.event === "send") contribute(CONTRIBUTORS.numbers, line.number);
    if (line.event === "check" && line.result === "incorrect")
      contribute(CONTRIBUTORS.guessers, line.client);
  }

  function countGateway(status: number): void {
    note("Count", 1);
    // It writes 0 where nothing went wrong.
    note("4XXError", status >= 400 && status < 500 ? 1 : 0);
    note("5XXError", status >= 500 ? 1 : 0);
  }

  return {
    answered({ route, result, address }) {
      const status = typeof result === "string" ? 200 : PROBLEMS[result.refused].status;
      countGateway(status);
      if (address !== undefined) contribute(CONTRIBUTORS.clients, address);
      const told = typeof result === "string" ? { result } : { problem: result.refused };
      count({ event: "answered", status, ...told, ...{ route, milliseconds: 0 } });
    },
    wrote(line) {
      count(line);
      contributeLine(line);
    },
    alarms(fromMinute, isUnusual) {
      const later = Object.fromEntries(
        [...series].map(([name, figures]) => [name, Array.from(figures).slice(fromMinute)]),
      );
      const minutes = minute() + 1 - fromMinute;
      const red = alarmRows(watchedOffline(stage)).flatMap((row) => {
        const alarm = row.mail === "unusual" && !isUnusual ? undefined : alarmOf(row);
        const at = alarm && minuteOfAlarm(alarm, later, minutes);
        return at === undefined ? [] : [{ name: row.name, minute: at }];
      });
      return red.toSorted((one, other) => one.minute - other.minute);
    },
  };
}

type NamedFigure = {
  readonly name: string;
  readonly figure: number;
  /** The largest of a period counts, and not the sum. */
  readonly isLargest: boolean;
};

/** The metrics of a line, each named with what tells it apart. */
function figuresOf(line: CountedLine, now: number): readonly NamedFigure[] {
  const fields: Readonly<Record<string, unknown>> = {
    ...line,
    ...metricsOf(line, { deployment: "prod", now }),
  };
  return Object.values(METRICS).flatMap(({ name, unit, by }) => {
    const figure = fields[name];
    if (typeof figure !== "number") return [];
    return by
      .filter((names) => names.every((field) => fields[field] !== undefined))
      .map((names) => ({
        name: [name, ...names.map((field) => String(fields[field]))].join(" "),
        figure,
        isLargest: unit === "Percent",
      }));
  });
}

const add = (one: number, other: number) => one + other;
