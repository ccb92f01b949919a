import fc from "fast-check";
import type { ClientIndex } from "../model/counts.ts";
import { NUMBERS, POOL, type Step, type StepOf, type Typed } from "./steps.ts";

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

/** Both sides of every edge there is. */
const EDGES = [30 * SECOND, 300 * SECOND, 600 * SECOND, DAY + 300 * SECOND, 30 * DAY].flatMap(
  (edge) => [edge - 1, edge, edge + 1],
);

function oftenFirst<Value>(
  often: fc.Arbitrary<Value>,
  seldom: fc.Arbitrary<Value>,
  times: number,
): fc.Arbitrary<Value> {
  return fc.oneof({ weight: times, arbitrary: often }, { weight: 1, arbitrary: seldom });
}

const pause = (milliseconds: number): Step => ({ act: "wait", milliseconds });

const wait: fc.Arbitrary<Step> = fc
  .oneof(
    fc.constantFrom(29 * SECOND, 30 * SECOND, 31 * SECOND),
    fc.constantFrom(270 * SECOND, 290 * SECOND, 310 * SECOND),
    fc.constantFrom(...EDGES),
    fc.integer({ min: 1, max: 700 * SECOND }),
  )
  .map(pause);

/** Most happens to the latest verification; nobody knows the hundredth. */
const of = oftenFirst(fc.constant(0), fc.constantFrom(1, 2, 100), 5);
const place = fc.nat({ max: POOL.length - 1 });
const request = fc.option(fc.constantFrom("request one, of 16", "request two, of 16"), {
  nil: undefined,
  freq: 2,
});
const stale = oftenFirst(fc.constant(0), fc.integer({ min: 1, max: 6 }), 4);
const provider = oftenFirst(
  fc.constant("accepted" as const),
  fc.constantFrom("refused" as const, "unknown" as const),
  8,
);

const start: fc.Arbitrary<StepOf<"start">> = fc.record({
  act: fc.constant("start" as const),
  number: fc.nat({ max: NUMBERS.length - 1 }),
  client: fc.constantFrom<ClientIndex[]>(0, 1, 2, 3),
  purpose: fc.constantFrom("login" as const, "signup" as const),
  nonce: fc.option(fc.constant("a nonce"), { nil: undefined }),
  request,
  draw: place,
  provider,
  stale,
});

const resend: fc.Arbitrary<StepOf<"resend">> = fc.record({
  act: fc.constant("resend" as const),
  of,
  request,
  draw: place,
  provider,
  stale,
});

const typed: fc.Arbitrary<Typed> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ code: fc.constant("any" as const), index: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ code: fc.constant("sent" as const), newest: fc.nat({ max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ code: "typed last" as const }) },
);
const check: fc.Arbitrary<StepOf<"check">> = fc.record({
  act: fc.constant("check" as const),
  of,
  typed,
  request,
});
const cancel: fc.Arbitrary<Step> = fc.record({ act: fc.constant("cancel" as const), of });
const show: fc.Arbitrary<Step> = fc.record({ act: fc.constant("show" as const), of, stale });

/** What people and attackers do in a row, and what steps drawn one by one would seldom reach. */
type Scene = fc.Arbitrary<readonly Step[]>;

/** Several codes of one verification: all still good, or each all but over when the next is sent. */
const severalCodes: Scene = fc
  .tuple(
    start,
    fc.array(resend, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(30, 145, 290),
    fc.constantFrom(1, 15, 30),
  )
  .map(([first, resends, gapSeconds, restSeconds]) => [
    pause(600 * SECOND),
    { ...first, request: undefined },
    ...resends.flatMap((next): readonly Step[] => [
      pause(gapSeconds * SECOND),
      { ...next, of: 0, stale: 0 },
    ]),
    pause(restSeconds * SECOND),
  ]);

/** Somebody types a code, then another under the same key, and then does something more. */
const typing: Scene = fc
  .tuple(typed, typed, request, fc.oneof(check, cancel, show, resend))
  .map(([first, second, key, more]) => [
    { act: "check", of: 0, typed: first, request: key },
    { act: "check", of: 0, typed: second, request: key },
    more,
  ]);

/** A resend that knows only how things were before. */
const lateResend: Scene = fc
  .tuple(
    fc.oneof(check, cancel),
    fc.constantFrom(30, 270, 300),
    resend,
    fc.integer({ min: 1, max: 6 }),
  )
  .map(([before, seconds, late, age]) => [
    { ...before, of: 0 },
    pause(seconds * SECOND),
    { ...late, of: 0, stale: age },
  ]);

/** The same request of a code twice, and the second knows nothing of the first. */
const sameResend: Scene = fc
  .tuple(resend, fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 3))
  .map(([again, age, further]) => [
    pause(30 * SECOND),
    { ...again, of: 0, stale: 0 },
    pause(30 * SECOND),
    { ...again, of: 0, stale: age, draw: (again.draw + further) % POOL.length },
  ]);

/** One guess after another, and then a resend that may not have heard of them. */
const guessing: Scene = fc
  .tuple(place, fc.integer({ min: 5, max: 7 }), resend, fc.nat({ max: 8 }))
  .map(([from, times, late, age]) => [
    ...Array.from({ length: times }, (_, guess) => ({
      act: "check" as const,
      of: 0,
      typed: { code: "any" as const, index: (from + guess) % POOL.length },
    })),
    pause(30 * SECOND),
    { ...late, of: 0, stale: age },
  ]);

/** One start after another. */
const flood: Scene = fc
  .tuple(start, fc.integer({ min: 2, max: 9 }), fc.constantFrom(0, 30, 300))
  .map(([first, times, seconds]) =>
    Array.from({ length: times }, () => [first, pause(seconds * SECOND)]).flat(),
  );

/** A number of which guesses failed before, a month later. */
const afterAMonth: Scene = fc
  .tuple(start, place, fc.constantFrom(30 * DAY - 1, 30 * DAY))
  .map(([again, index, milliseconds]) => [
    pause(milliseconds),
    { ...again, number: NUMBERS.length - 1, request: undefined },
    { act: "check", of: 0, typed: { code: "any", index } },
    pause(30 * SECOND),
    { ...again, number: NUMBERS.length - 1, request: undefined },
  ]);

const single: Scene = fc
  .oneof(check, wait, start, resend, oftenFirst(check, fc.oneof(cancel, show), 2))
  .map((step) => [step]);

/** How many guesses about the last number have failed before: now and then almost as many as lock it. */
export const failuresBefore = oftenFirst(fc.constant(0), fc.constantFrom(82, 84, 85), 5);

/** Histories of some forty steps. Each begins with a message, or nothing else could happen. */
export const histories: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    start,
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: single },
        { weight: 3, arbitrary: severalCodes },
        { weight: 4, arbitrary: typing },
        { weight: 2, arbitrary: lateResend },
        { weight: 1, arbitrary: sameResend },
        { weight: 1, arbitrary: guessing },
        { weight: 1, arbitrary: flood },
        { weight: 1, arbitrary: afterAMonth },
      ),
      { minLength: 5, maxLength: 20, size: "max" },
    ),
  )
  .map(([first, scenes]) => [first, ...scenes.flat()]);
