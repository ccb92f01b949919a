import { join } from "node:path";
import { isSupportedCountry } from "libphonenumber-js/mobile";
import { rowsOf } from "./rows.ts";

/** A number, the decision on it (the country of its mobile, or the reason of the refusal), and its kind by its plan. */
type PlanRow = readonly [number: string, decision: string, because: string];

const inThisFolder = (name: string) => join(import.meta.dirname, name);
const COLUMNS = ["country", "mobile", "not-mobile", "other", "source"] as const;

/** Numbers with one decision, each with its kind by its plan: `+44… 074, mobile || +44… 020 London`. */
function numbersIn(cell: string, decision: string): readonly PlanRow[] {
  if (cell === "") return [];
  return cell.split(" || ").map((row): PlanRow => {
    const [number = ""] = row.split(" ");
    return [number, decision, row.slice(number.length + 1)];
  });
}

/** Groups of numbers, each behind its decision: `fictional: … ||| premium: …`. */
function groupsIn(cell: string): readonly PlanRow[] {
  if (cell === "") return [];
  return cell.split(" ||| ").flatMap((group) => {
    const [decision = ""] = group.split(": ");
    return numbersIn(group.slice(decision.length + 2), decision);
  });
}

/**
 * Numbers of other countries by what their regulators' plans make of the range, with that one country open. Where the policy has no finer
 * reason of its own, what is no mobile is `not-mobile`.
 */
export const PLANS = rowsOf(inThisFolder("numbering-plans.tsv"), COLUMNS).map((row) => {
  const { country, mobile, other, source } = row;
  if (!isSupportedCountry(country)) throw new Error(`${country} is no country`);
  const rows = [
    ...numbersIn(mobile, country),
    ...numbersIn(row["not-mobile"], "not-mobile"),
    ...groupsIn(other),
  ];
  return { country, source, rows };
});

function planOf(plan: string): readonly PlanRow[] {
  const lines = rowsOf(inThisFolder("numbering-plan-uk.tsv"), ["plan", "decision", "numbers"]);
  return lines.flatMap((line) =>
    line.plan === plan ? numbersIn(line.numbers, line.decision) : [],
  );
}

/** Codes of no country, by the ITU's list of assigned E.164 codes. With every country open. */
export const GLOBAL_PLAN = planOf("global");

/**
 * +44 by Ofcom's National Telephone Numbering Plan and its tables S3, S5, S7, S8 and S9 of September 2025: holder and status of each block
 * as they stand there, never as a library has them. With all four countries of +44 open.
 */
export const UK_PLAN = planOf("+44");
