import { join } from "node:path";
import { isSupportedCountry } from "libphonenumber-js/mobile";
import { rowsOf } from "./rows.ts";

/** A number, the decision on it (whose mobile it is, or why it is refused), and what its plan says it is. */
type PlanRow = readonly [number: string, decision: string, because: string];

const LINES = rowsOf(join(import.meta.dirname, "numbering-plans.tsv"), [
  "plan",
  "decision",
  "numbers",
]);

function planOf(plan: string): readonly PlanRow[] {
  return LINES.filter((line) => line.plan === plan && line.decision !== "source").flatMap(
    ({ decision, numbers }) =>
      numbers.split(" || ").map((row): PlanRow => {
        const [number = ""] = row.split(" ");
        return [number, decision, row.slice(number.length + 1)];
      }),
  );
}

/**
 * Numbers of other countries by what their regulators' plans make of the range, with that one country open. Where the policy has no finer
 * reason of its own, what is no mobile is `not-mobile`.
 */
export const PLANS = LINES.filter(({ decision }) => decision === "source").map((line) => {
  const country = line.plan;
  if (!isSupportedCountry(country)) throw new Error(`${country} is no country`);
  return { country, source: line.numbers, rows: planOf(country) };
});

/** Codes of no country, by the ITU's list of assigned E.164 codes. With every country open. */
export const GLOBAL_PLAN = planOf("global");

/**
 * +44 by Ofcom's National Telephone Numbering Plan and its tables S3, S5, S7, S8 and S9 of September 2025: holder and status of each block
 * as they stand there, never as a library has them. With all four countries of +44 open.
 */
export const UK_PLAN = planOf("+44");
