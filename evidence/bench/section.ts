import type { Chart } from "../tools/chart.ts";

/** The first column has words, the others have figures. */
type Table = {
  readonly title?: string;
  readonly columns: readonly [string, ...string[]];
  readonly rows: readonly (readonly string[])[];
};

/** A measure against its budget. Whether it is met is computed, and written nowhere by hand. */
export type Verdict = {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  readonly budget: { readonly atMost: number } | { readonly atLeast: number };
};

export function isMet({ value, budget }: Verdict): boolean {
  return "atMost" in budget ? value <= budget.atMost : value >= budget.atLeast;
}

/** What one part found. Texts are Markdown without figures: those are in the tables. */
export type Section = {
  readonly title: string;
  /** What was measured, and how. */
  readonly method: string;
  readonly tables: readonly Table[];
  /** How to read it, what does not hold, and what was tried. */
  readonly remarks: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly chart: Chart;
};
