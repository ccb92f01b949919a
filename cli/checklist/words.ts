import { bold, dim, no, table, warn, wrapped, yes } from "../terminal.ts";
import type { Answered } from "./questions.ts";

const WIDTH = 96;
const INDENT = "      ";

type Facts = readonly (readonly [string, string])[];

/** The list for people: each answer, where it is enforced and tested, and each failure with its reason. */
export function checklistWords(
  stageName: string,
  answers: readonly Answered[],
  facts: Facts,
): string {
  const topics = [...new Set(answers.map(({ topic }) => topic))];
  return [
    "",
    heading(stageName, answers),
    ...topics.flatMap((topic) => [
      "",
      `  ${bold(topic)}`,
      ...answers.filter((one) => one.topic === topic).map(answerWords),
    ]),
    "",
    `  ${bold("Numbers")}`,
    table(facts),
    "",
  ].join("\n");
}

/** The failures of one stage, for the list of several. */
export function checklistSummary(stageName: string, answers: readonly Answered[]): string {
  const failing = answers.filter(({ holds }) => !holds);
  return ["", heading(stageName, answers), ...failing.map(answerWords)].join("\n");
}

function heading(stageName: string, answers: readonly Answered[]): string {
  const holding = answers.filter(({ holds }) => holds).length;
  const score = `${holding} of ${answers.length} hold`;
  const isAll = holding === answers.length;
  return `  ${bold("Latchkey")} ${dim("·")} the founder's questions about ${bold(stageName)} ${dim("·")} ${isAll ? yes(score) : no(score)}`;
}

function answerWords({ asks, finding, holds, enforced, tested }: Answered): string {
  const lines = [
    `  ${holds ? yes() : no()} ${asks}`,
    `${INDENT}${wrapped(finding.value, WIDTH, INDENT)}`,
    ...finding.faults.map((fault) => `${INDENT}${warn(`→ ${fault}`)}`),
    `${INDENT}${dim(`in ${enforced[0]}, tested by ${tested[0]}`)}`,
  ];
  return lines.join("\n");
}

/** The list for machines: one line a stage. */
export function checklistJson(
  stageName: string,
  answers: readonly Answered[],
  facts: Facts,
): string {
  const lines = answers.map(({ find: _, finding, ...question }) => ({ ...question, ...finding }));
  return JSON.stringify({
    stage: stageName,
    holds: answers.every(({ holds }) => holds),
    answers: lines,
    facts: Object.fromEntries(facts),
  });
}
