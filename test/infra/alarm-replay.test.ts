import { describe, expect, it } from "vitest";
import {
  expressionOf,
  isReplayable,
  metricsOf,
  minuteOfAlarm,
  seriesName,
  watchedOffline,
} from "../../infra/alarm-replay.ts";
import { alarmRows } from "../../infra/alarm-rows.ts";
import { evaluate } from "../../infra/metric-math.ts";
import { STAGES } from "../../infra/stages.ts";
import { type Minute, people, repeated, seriesOf, together } from "./traffic.ts";

const rows = alarmRows({ ...watchedOffline(STAGES.prod), ruleNames: ["KeyMisuse"] });
const replayable = rows.filter(isReplayable);

/** Which alarms of production go red, and at the end of which minute. */
function redIn(minutes: readonly Minute[]): Readonly<Record<string, number>> {
  const series = seriesOf(minutes);
  return Object.fromEntries(
    replayable.flatMap((row) => {
      // It mails only together with the band that CloudWatch learns.
      if (row.name === "many-requests") return [];
      const minute = minuteOfAlarm(row, series, minutes.length);
      return minute === undefined ? [] : [[row.name, minute]];
    }),
  );
}

/** A day of a small company: nobody at night, one to six codes a minute by day. */
const QUIET_DAY = Array.from({ length: 1_440 }, (_, minute) => {
  const hour = minute / 60;
  const byDay = Math.round(3.5 + 2.5 * Math.sin(((hour - 8) / 12) * Math.PI));
  return hour < 7 ? people(minute % 10 === 0 ? 1 : 0) : people(byDay);
});

/** Everybody signs in between seven and nine: up to 200 codes a minute, three requests each at most. */
const MORNING_RUSH = Array.from({ length: 120 }, (_, minute) =>
  people(Math.round(200 * Math.sin((minute / 120) * Math.PI))),
);

const USUAL = people(5);
const PUMPING = { sent: 4, delivered: 4 } as const;

/** These minutes between two half hours of another kind. */
const within = (around: Minute, ...minutes: readonly Minute[]) => [
  ...repeated(30, around),
  ...minutes,
  ...repeated(30, around),
];

const HARMLESS: Readonly<Record<string, readonly Minute[]>> = {
  "in silence": repeated(180, {}),
  "on a quiet day": QUIET_DAY,
  "in a morning rush": MORNING_RUSH,
  "in a burst of two minutes": within(USUAL, ...repeated(2, { refused: 3_000 })),
  "when two of two requests at night fail": within({}, { failed: 2 }),
  "when Twilio loses one message": within(USUAL, { unanswered: 1 }),
  "when five codes at night are not used": within({}, { sent: 5 }),
  "when nine starts a minute are refused": within({}, ...repeated(5, { refusedStarts: 9 })),
  "when a range refuses two late sends": within(USUAL, { ...USUAL, limitedRange: 2 }),
  "when strangers try callbacks": within(USUAL, ...repeated(5, { foreignCallbacks: 1 })),
  "after one slow minute": within(USUAL, { ...USUAL, p95Milliseconds: 9_000 }),
  "when the table throttles once": within(USUAL, { ...USUAL, throttledWrites: 4 }),
};

it.each(Object.entries(HARMLESS))("no alarm goes red %s", (_, minutes) => {
  expect(redIn(minutes)).toEqual({});
});

/** A quiet half hour, then this for an hour. Gives the minutes from its beginning to each alarm. */
function minutesAfter(trouble: Minute): Readonly<Record<string, number>> {
  const before = 30;
  const minutes = [...repeated(before, USUAL), ...repeated(60, trouble)];
  const reds = Object.entries(redIn(minutes));
  return Object.fromEntries(reds.map(([name, minute]) => [name, minute - before]));
}

/** Five times in a day, nothing else. */
const spread = (end: Minute): readonly Minute[] =>
  Array.from({ length: 1_440 }, (_, minute) => (minute % 288 === 100 ? end : {}));

const { expectedRequestsPerMinute } = STAGES.prod;

describe("an alarm goes red in time", () => {
  type Reds = Readonly<Record<string, number>>;
  const TROUBLES: Readonly<Record<string, readonly [Minute, Reds]>> = {
    "more requests than expected": [people(expectedRequestsPerMinute), { "request-spike": 3 }],
    "a flood that is refused": [
      together(USUAL, { refused: 2 * expectedRequestsPerMinute }),
      { "request-spike": 3, "refusal-spike": 3 },
    ],
    "guessing at many numbers": [together(USUAL, { incorrect: 100 }), { "wrong-codes": 3 }],
    "slow pumping without approvals": [PUMPING, { "unverified-sends": 15 }],
    "pumping behind approvals that are fetched again and again": [
      { ...PUMPING, approvedAgain: 100 },
      { "unverified-sends": 15 },
    ],
    "Twilio refuses all": [{ refusedByTwilio: 20 }, { "provider-errors": 5 }],
    "Twilio answers nothing": [
      { unanswered: 5 },
      { "provider-errors": 5, "unverified-sends": 15, "callbacks-missing": 30 },
    ],
    "one request in ten fails": [together(USUAL, { failed: 2 }), { "server-errors": 5 }],
    "everything is slow": [{ ...USUAL, p95Milliseconds: 6_000 }, { latency: 10 }],
    "a function crashes": [{ ...USUAL, crashes: 1 }, { "function-faults-check-code": 5 }],
    "the table throttles": [{ ...USUAL, throttledWrites: 3 }, { "table-throttles": 2 }],
    "a letter lies in the queue": [{ ...USUAL, deadLetters: 1 }, { "dead-letters": 5 }],
    "a range at its limit": [{ ...USUAL, limitedRange: 1 }, { "limited-range": 5 }],
    "a home country that refuses people": [{ ...USUAL, limitedHome: 1 }, { "limited-country": 5 }],
    "a network that loses all": [{ ...USUAL, delivered: 5, undelivered: 5 }, { undelivered: 15 }],
    "an attack that limits refuse": [{ ...USUAL, refusedStarts: 20 }, { "refused-starts": 2 }],
    "money spent as fast as its cap": [{ ...USUAL, spentMicros: 1_100_000 }, { "spend-rate": 5 }],
    "callbacks of others": [{ ...USUAL, foreignCallbacks: 1 }, { "callbacks-refused": 15 }],
    "callbacks that stay out": [{ ...USUAL, delivered: 0 }, { "callbacks-missing": 30 }],
    "keys that cannot be fetched": [{ ...USUAL, keysFailed: 1 }, { "keys-unpublished": 5 }],
    "a fault without an alarm": [{ ...USUAL, faults: 1 }, { "faults-of-any-kind": 15 }],
    "a report that is not mailed": [{ ...USUAL, unmailed: 1 }, { "watching-fails": 5 }],
    "half of a cap": [{ ...USUAL, spentPercent: 50 }, { "spend-half": 5 }],
    "a cap that pauses people without a ticket": [
      { ...USUAL, spentPercent: 80 },
      { "spend-half": 5, "spend-strangers": 5 },
    ],
    "a cap that is used up": [
      { ...USUAL, spentPercent: 100 },
      { "spend-half": 5, "spend-strangers": 5, "spend-all": 5 },
    ],
  };

  it.each(Object.entries(TROUBLES))("%s", (_, [trouble, red]) => {
    expect(minutesAfter(trouble)).toEqual(red);
  });

  it.each<readonly [string, Minute]>([
    ["a pause or a full cap refuses them", { paused: 1 }],
    ["they are refused by the minute", { paused: 20 }],
    ["nothing was sent", {}],
  ])("and five requests over a day that end badly mail nothing where %s", (_, end) => {
    expect(redIn(spread(end))).toEqual({});
  });

  it("and five failed sign-ins over a day are reported at its end", () => {
    expect(redIn(spread({ faults: 1 }))).toEqual({ "failing-day": 1_440 });
    // Two requests that got no answer of a function, and a message that a network lost.
    const day = repeated(1_440, {}).with(9, { failed: 2 }).with(99, { sent: 1, undelivered: 1 });
    expect(redIn(day)).toEqual({ "failing-day": 1_440 });
    const reds = { "failing-day": 1_440, "callbacks-missing-all-day": 1_440 };
    expect(redIn(spread({ unanswered: 1 }))).toEqual(reds);
    expect(redIn(spread({ ...people(5), faults: 1 }))).toEqual({});
  });

  it("and pumping of a code a minute is reported after six hours", () => {
    expect(redIn(repeated(360, { sent: 1, delivered: 1 }))).toEqual({ "unverified-hours": 360 });
  });

  it("and late ends of messages are reported when nothing is sent any more", () => {
    const late = within({}, { undeliveredForUs: 5 });
    expect(redIn(late)).toMatchObject({ "provider-errors": 35 });
  });

  it("and a cap that was used stays red without further sends", () => {
    expect(rows.find(({ name }) => name === "spend-all")).toMatchObject({ keepsState: true });
  });

  it("and the alarm of pumping stays red while errors are provoked beside it", () => {
    const provoked = together(PUMPING, { failed: 50, refused: 200 });
    expect(minutesAfter(provoked)).toMatchObject({ "unverified-sends": 15, "server-errors": 5 });
  });
});

describe("a replay", () => {
  it("knows every alarm but the one that only CloudWatch can work out", () => {
    const unknown = rows.filter((row) => !isReplayable(row)).map(({ name }) => name);
    expect(unknown).toEqual(["unusual-requests"]);
  });

  it("feeds no series that no alarm looks at", () => {
    const watched = replayable.flatMap((row) => Object.values(metricsOf(row)).map(seriesName));
    expect(Object.keys(seriesOf([])).filter((name) => !watched.includes(name))).toEqual([]);
  });

  it("makes nothing of a metric without data unless it is filled", () => {
    expect(evaluate("a+1", { a: undefined })).toBeUndefined();
    expect(evaluate("FILL(a,0)+1", { a: undefined })).toBe(1);
    expect(evaluate("IF(a>=2,100*a/b,0)", { a: 2, b: 8 })).toBe(25);
    expect(evaluate("a/b", { a: 2, b: 0 })).toBeUndefined();
    expect(() => evaluate("a$b", { a: 1, b: 2 })).toThrow("cannot read");
  });

  it.each(replayable)(
    "finds every metric of $name filled where it is part of an expression",
    (row) => {
      const expression = expressionOf(row);
      if (expression === "value") return expect(Object.keys(metricsOf(row))).toEqual(["value"]);
      for (const id of Object.keys(metricsOf(row))) {
        expect(expression.replaceAll(new RegExp(`FILL\\(${id},`, "g"), "")).not.toMatch(
          new RegExp(`\\b${id}\\b`),
        );
      }
    },
  );
});
