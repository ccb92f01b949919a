import { PROBLEMS } from "../../functions/http/problem.ts";
import { type CountedLine, metricsOf } from "../../functions/runtime/metrics.ts";
import type { Refusal } from "../../functions/verification/outcomes.ts";
import {
  CONTRIBUTORS,
  isReplayable,
  minuteOfAlarm,
  watchedOffline,
} from "../../infra/alarm-replay.ts";
import { alarmRows } from "../../infra/alarm-rows.ts";
import type { Stage } from "../../infra/stages.ts";
import { countLine, createSeries, noteAnswer } from "../../local/activity/metrics.ts";

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

/** The longest scenario has three days. */
const DAYS = 4;

export function metricsFrom(stage: Stage, now: () => number): Metrics {
  const series = createSeries(now, DAYS);
  const { all, minute, contribute } = series;
  const beginning = minute();
  const wrote = (line: CountedLine) =>
    countLine(series, { ...line, ...metricsOf(line, { deployment: "prod", now: now() }) });
  return {
    answered({ route, result, address }) {
      const status = typeof result === "string" ? 200 : PROBLEMS[result.refused].status;
      noteAnswer(series, status);
      if (address !== undefined) contribute(CONTRIBUTORS.clients, address);
      const told = typeof result === "string" ? { result } : { problem: result.refused };
      wrote({ event: "answered", status, ...told, ...{ route, milliseconds: 0 } });
    },
    wrote,
    alarms(fromMinute, isUnusual) {
      const later: Record<string, readonly (number | undefined)[]> = {};
      for (const [name, figures] of all)
        later[name] = Array.from(figures).slice(beginning + fromMinute);
      const minutes = minute() + 1 - beginning - fromMinute;
      const red = alarmRows(watchedOffline(stage)).flatMap((row) => {
        if (!isReplayable(row) || (row.mail === "unusual" && !isUnusual)) return [];
        const at = minuteOfAlarm(row, later, minutes);
        return at === undefined ? [] : [{ name: row.name, minute: at }];
      });
      return red.toSorted((one, other) => one.minute - other.minute);
    },
  };
}
