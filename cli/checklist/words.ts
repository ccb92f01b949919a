import { bold, dim, no, table, warn, wrapped, yes } from "../terminal.ts";
import type { Finding } from "./question.ts";

const WIDTH = 96;
const INDENT = "      ";
/** A stack that differs altogether need not be listed line by line. */
const MOST_FAULTS = 10;

/** The answer to one question of either list. The source of an unasked one did not answer. */
export type Answer = {
  readonly id: string;
  readonly topic: string;
  readonly asks: string;
  readonly enforced?: readonly string[];
  readonly tested?: readonly string[];
} & (
  | { readonly kind: "answered"; readonly finding: Finding; readonly holds: boolean }
  | { readonly kind: "unasked"; readonly because: string }
);

/** The list for people: each answer under its topic, each failure with its reason, and `after` at the end. */
export function answersWords(
  heading: string,
  answers: readonly Answer[],
  after: readonly string[],
): string {
  const topics = [...new Set(answers.map(({ topic }) => topic))];
  return [
    headingWords(heading, answers),
    ...topics.flatMap((topic) => [
      "",
      `  ${bold(topic)}`,
      ...answers.filter((one) => one.topic === topic).map(answerWords),
    ]),
    "",
    ...after,
    "",
  ].join("\n");
}

/** The end of the list of a stage: the facts that its settings do not change, and numbers. */
export function afterWords(
  proven: readonly (readonly [string, string])[],
  facts: readonly (readonly [string, string])[],
): readonly string[] {
  return [
    `  ${bold("Whatever the settings")}, proven by tests of this version`,
    ...proven.map(([asks, test]) => `  ${dim("·")} ${asks} ${dim(test)}`),
    "",
    `  ${bold("Numbers")}`,
    table(facts),
  ];
}

/** The failures alone, for the list of several stages. */
export function failuresWords(heading: string, answers: readonly Answer[]): string {
  const failing = answers.filter((one) => !(one.kind === "answered" && one.holds));
  return [headingWords(heading, answers), ...failing.map(answerWords)].join("\n");
}

function headingWords(heading: string, answers: readonly Answer[]): string {
  const holding = answers.filter((one) => one.kind === "answered" && one.holds).length;
  const unasked = answers.filter(({ kind }) => kind === "unasked").length;
  const score = `${holding} of ${answers.length} hold`;
  const rest = unasked === 0 ? "" : `${dim(",")} ${warn(`${unasked} could not be asked`)}`;
  return `\n  ${bold("Latchkey")} ${dim("·")} ${heading} ${dim("·")} ${holding === answers.length ? yes(score) : no(score)}${rest}`;
}

function answerWords(answer: Answer): string {
  if (answer.kind === "unasked")
    return [
      `  ${warn("?")} ${answer.asks}`,
      `${INDENT}${wrapped(`could not be asked: ${answer.because}`, WIDTH, INDENT)}`,
    ].join("\n");
  const { faults, value } = answer.finding;
  const hidden = faults.length - MOST_FAULTS;
  const { enforced: [enforced] = [], tested: [tested] = [] } = answer;
  return [
    `  ${answer.holds ? yes() : no()} ${answer.asks}`,
    `${INDENT}${wrapped(value, WIDTH, INDENT)}`,
    ...faults.slice(0, MOST_FAULTS).map((fault) => `${INDENT}${warn(`→ ${fault}`)}`),
    ...(hidden > 0 ? [`${INDENT}${warn(`→ and ${hidden} more`)}`] : []),
    ...(enforced === undefined ? [] : [`${INDENT}${dim(`in ${enforced}, tested by ${tested}`)}`]),
  ].join("\n");
}

/** The list for machines, one line a stage: `holds` is null if the source did not answer. */
export function answersJson(stage: string, answers: readonly Answer[], more: object): string {
  const lines = answers.map(({ id, topic, asks, enforced, tested, ...one }) => ({
    ...{ id, topic, asks, enforced, tested },
    ...(one.kind === "unasked"
      ? { holds: null, because: one.because }
      : { holds: one.holds, ...one.finding }),
  }));
  return JSON.stringify({ stage, ...more, holds: exitCode(answers) === 0, answers: lines });
}

/** 1 if a question fails; 3 if none fails and one had no answer. */
export function exitCode(answers: readonly Answer[]): 0 | 1 | 3 {
  if (answers.some((one) => one.kind === "answered" && !one.holds)) return 1;
  return answers.some(({ kind }) => kind === "unasked") ? 3 : 0;
}
