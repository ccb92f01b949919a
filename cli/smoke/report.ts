import { bold, dim, no, yes } from "../terminal.ts";
import type { SmokeResult } from "./smoke-test.ts";

/** One line for each answer, in columns. */
export function smokeLine({ what, words, expected, found, isAsDocumented }: SmokeResult): string {
  const answer = isAsDocumented ? found : `${found}, where ${expected} is documented`;
  return `${isAsDocumented ? yes() : no()} ${what.padEnd(WIDTHS.what)} ${dim(words.padEnd(WIDTHS.words))} ${answer}`;
}

const WIDTHS = { what: 26, words: 28 };

export function smokeSummary(results: readonly SmokeResult[]): string {
  const good = results.filter(({ isAsDocumented }) => isAsDocumented).length;
  return good === results.length
    ? `${yes()} ${bold(`All ${good}`)} answers are as Twilio documents them.`
    : `${no()} ${bold(`${results.length - good} of ${results.length}`)} answers are not as Twilio documents them.`;
}
