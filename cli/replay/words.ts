import { bold, dim, warn } from "../terminal.ts";
import { KINDS } from "./events.ts";
import type { Obstacle, Outcome } from "./replay.ts";

/** One result: the logged one, or one under other settings. */
export type Column = { readonly title: string; readonly outcome: Outcome };

/** The lines that were read, and the settings that are changed. */
type Log = {
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly broken: number;
  readonly changes: readonly string[];
};

type Row = { readonly name: string; readonly figures: readonly (string | number)[] };

const OBSTACLES: readonly (readonly [Obstacle, string])[] = [
  ...KINDS.map((kind) => [kind, kind] as const),
  ["number", "the number's own turns and failures"],
  ["spend", "the caps of spend"],
  ["its start", "resend of a start that was not sent"],
  ["anything else", "anything else, as it was"],
];

const MICROS = 1_000_000;

/** The results side by side, and how many of the people who verified their number would have been refused. */
export function replayWords([logged, ...others]: readonly [Column, ...Column[]], log: Log): string {
  const columns = [logged, ...others];
  const each = (figure: (outcome: Outcome) => string | number) =>
    columns.map(({ outcome }) => figure(outcome));
  const refusals = OBSTACLES.map(([obstacle, name]) => ({
    name: `  ${name}`,
    figures: each(({ refusals: met }) => met.get(obstacle) ?? 0),
  })).filter(({ figures }) => figures.some((figure) => figure !== 0));
  const lost = each(
    ({ proven }) => [...logged.outcome.proven].filter((number) => !proven.has(number)).length,
  );
  const rows: readonly Row[] = [
    { name: "messages", figures: each(({ sends }) => sends) },
    { name: "money, in dollars", figures: each(({ micros }) => (micros / MICROS).toFixed(2)) },
    { name: "refused", figures: each(({ refusals: met }) => sum(met.values())) },
    ...refusals,
    { name: "people who proved their number", figures: each(({ proven }) => proven.size) },
    { name: "  and who would have been refused", figures: lost },
  ];
  return [
    heading(log),
    "",
    ...tableOf(columns, rows),
    "",
    dim(
      "  A request that is refused here is not repeated, and a message that is sent only here is never approved.",
    ),
    dim(
      "  Challenges, pauses and what Twilio refused stay as they were; every counter begins at 0.",
    ),
  ].join("\n");
}

function heading({ from, to, events, broken, changes }: Log): string {
  const read = `  ${bold(whole(events))} sends and checks from ${moment(from)} to ${moment(to)}, UTC.`;
  const left = `  ${warn("!")} ${whole(broken)} more are not as the functions write them, and are left out.`;
  const changed = `  Changed: ${changes.join(", ")}.`;
  return [read, ...(broken > 0 ? [left] : []), ...(changes.length > 0 ? [changed] : [])].join("\n");
}

function tableOf(columns: readonly Column[], rows: readonly Row[]): readonly string[] {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...rows.map(({ figures }) => cellOf(figures[column]).length)),
  );
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(nameWidth)}   ${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("   ")}`;
  return [
    dim(
      line(
        "",
        columns.map(({ title }) => title),
      ),
    ),
    ...rows.map(({ name, figures }) => {
      const text = line(name, figures.map(cellOf));
      return name.startsWith("  ") ? dim(text) : text;
    }),
  ];
}

function cellOf(figure: string | number | undefined): string {
  return typeof figure === "number" ? whole(figure) : (figure ?? "");
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, count) => total + count, 0);
}
