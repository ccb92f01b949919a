import { markdownTable } from "../tools/page.ts";
import type { Report, Share } from "./simulate.ts";

/** Of honest people whose numbers are not attacked, in the same minutes. */
export const TARGETS = { withTicket: 0.99, known: 0.99, withoutTicket: 0.95 } as const;

/** One line of the table. */
export type Line = { readonly report: Report; readonly hasChallenge: boolean };

const COLUMNS = [
  ["", (line) => (line.hasChallenge ? "under pressure" : "none")],
  ["tries", ({ report }) => whole(report.tries)],
  ["sent", ({ report }) => whole(report.messages)],
  ["lost", ({ report }) => `$${report.dollars.toFixed(2)}`],
  ["of cap", ({ report }) => `$${whole(report.capDollars)}`],
  ["guesses", ({ report }) => whole(report.guesses)],
  ["codes", ({ report }) => whole(report.guessed)],
  ["expected", ({ report }) => expectedCodes(report).toFixed(4)],
  ["refused", ({ report }) => minutes(report.firstRefusal)],
  ["alarm", ({ report }) => minutes(report.firstAlarm?.minute)],
  ["of", ({ report }) => report.firstAlarm?.name ?? "–"],
  ["ticket", ({ report }) => percent(shares(report).withTicket)],
  ["known", ({ report }) => percent(shares(report).known)],
  ["no ticket", ({ report }) => percent(shares(report).withoutTicket)],
  ["attacked: ticket", ({ report }) => percent(attackedShare(report, true))],
  ["no ticket", ({ report }) => percent(attackedShare(report, false))],
] as const satisfies readonly (readonly [string, (line: Line) => string])[];

const CODES = 1_000_000;

/** Each guess is worth one in a million. */
export function expectedCodes({ guesses }: Pick<Report, "guesses">): number {
  return guesses / CODES;
}

/** Honest people who were sent a code, of those whose numbers are not attacked. */
export function shares({ served }: Pick<Report, "served">) {
  return {
    withTicket: served({ hasTicket: true, place: "elsewhere" }),
    known: served({ hasTicket: false, isKnown: true, place: "elsewhere" }),
    withoutTicket: served({ hasTicket: false, place: "elsewhere" }),
  };
}

/** The same of those in the attacked range or country, or whose very number is attacked. */
function attackedShare({ served, attacked }: Report, hasTicket: boolean): Share {
  const inRange = served({ hasTicket, place: "in the range" });
  const inCountry = served({ hasTicket, place: "in the country" });
  return both(both(inRange, inCountry), attacked({ hasTicket }));
}

/** What `--json` prints; null for an empty group. */
export function figuresOf(report: Report) {
  const { scenario, messages, dollars, firstAlarm, challenges } = report;
  const { withTicket, known, withoutTicket } = shares(report);
  return {
    scenario: scenario.name,
    messages,
    dollars: Number(dollars.toFixed(2)),
    ticketHoldersServed: rounded(withTicket),
    knownCustomersServed: rounded(known),
    strangersServed: rounded(withoutTicket),
    attackedServed: rounded(both(attackedShare(report, true), attackedShare(report, false))),
    minutesToAlarm: firstAlarm?.minute ?? null,
    expectedCodes: expectedCodes(report),
    challengesSolved: challenges,
    solvingDollars: Number((challenges * DOLLARS_PER_SOLUTION).toFixed(2)),
  };
}

export type Figures = ReturnType<typeof figuresOf>;

/** Two dollars for a thousand, as services ask that have people or models solve them; good or not. */
const DOLLARS_PER_SOLUTION = 0.002;

/** 1 for an empty group. */
export function shareOf({ of, served: count }: Share): number {
  return of === 0 ? 1 : count / of;
}

/** The share of one group that was sent a code. */
export function served(report: Pick<Report, "served">, who: keyof typeof TARGETS): number {
  return shareOf(shares(report)[who]);
}

function rounded(share: Share): number | null {
  return share.of === 0 ? null : Math.round(10_000 * shareOf(share)) / 10_000;
}

function both(one: Share, other: Share): Share {
  return { of: one.of + other.of, served: one.served + other.served };
}

/** Whether people were kept out whom nothing concerns. An empty group has none. */
export function missed(figures: Figures): boolean {
  const { ticketHoldersServed, knownCustomersServed, strangersServed } = figures;
  return (
    (ticketHoldersServed ?? 1) < TARGETS.withTicket ||
    (knownCustomersServed ?? 1) < TARGETS.known ||
    (strangersServed ?? 1) < TARGETS.withoutTicket
  );
}

/** A line for each scenario and each way that the stage is set. */
export function overviewTable(lines: readonly Line[]): string {
  const [, ...columns] = COLUMNS;
  const rows = lines.map((line) => {
    const { title } = line.report.scenario;
    const end = missed(figuresOf(line.report)) ? "**no**" : "yes";
    return [title, ...COLUMNS.map(([, cell]) => cell(line)), end];
  });
  const figures = [...columns.map(([name]) => name), "on target"];
  return markdownTable(
    [
      { name: "scenario" },
      { name: "challenge" },
      ...figures.map((name) => ({ name, isFigure: true })),
    ],
    rows,
  );
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}

function minutes(count: number | undefined): string {
  return count === undefined ? "–" : `${count.toFixed(count < 10 ? 1 : 0)} min`;
}

function percent({ of, served }: Share): string {
  return of === 0 ? "–" : `${((100 * served) / of).toFixed(1)} %`;
}
