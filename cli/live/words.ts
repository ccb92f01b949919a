import { bold, dim, no, warn, wrapped, yes } from "../terminal.ts";
import type { LiveAnswer } from "./question.ts";
import { BY_HAND } from "./twilio.ts";

const WIDTH = 96;
const INDENT = "      ";
/** A stack that differs altogether need not be listed line by line. */
const MOST_FAULTS = 10;

/** The answers of AWS and Twilio, for people. */
export function liveWords(stageName: string, answers: readonly LiveAnswer[]): string {
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
    `  ${bold("To see by hand")}, since no API tells`,
    ...BY_HAND.map((text) => `  ${dim("·")} ${wrapped(text, WIDTH, "    ")}`),
    "",
  ].join("\n");
}

function heading(stageName: string, answers: readonly LiveAnswer[]): string {
  const holding = answers.filter((one) => one.kind === "answered" && one.holds).length;
  const unasked = answers.filter(({ kind }) => kind === "unasked").length;
  const score = `${holding} of ${answers.length} hold`;
  const rest = unasked === 0 ? "" : `${dim(",")} ${warn(`${unasked} could not be asked`)}`;
  return `  ${bold("Latchkey")} ${dim("·")} what AWS and Twilio tell of ${bold(stageName)} ${dim("·")} ${holding === answers.length ? yes(score) : no(score)}${rest}`;
}

function answerWords(answer: LiveAnswer): string {
  if (answer.kind === "unasked")
    return [
      `  ${warn("?")} ${answer.asks}`,
      `${INDENT}${wrapped(`could not ask, because ${answer.because}`, WIDTH, INDENT)}`,
    ].join("\n");
  const { faults, value } = answer.finding;
  const hidden = faults.length - MOST_FAULTS;
  return [
    `  ${answer.holds ? yes() : no()} ${answer.asks}`,
    `${INDENT}${wrapped(value, WIDTH, INDENT)}`,
    ...faults.slice(0, MOST_FAULTS).map((fault) => `${INDENT}${warn(`→ ${fault}`)}`),
    ...(hidden > 0 ? [`${INDENT}${warn(`→ and ${hidden} more`)}`] : []),
  ].join("\n");
}

/** The answers for machines: `holds` is null if the source did not answer. */
export function liveJson(stageName: string, answers: readonly LiveAnswer[], asked: Date): string {
  const lines = answers.map((one) =>
    one.kind === "unasked"
      ? { id: one.id, topic: one.topic, asks: one.asks, holds: null, because: one.because }
      : { id: one.id, topic: one.topic, asks: one.asks, holds: one.holds, ...one.finding },
  );
  const told = { stage: stageName, asked: asked.toISOString(), byHand: BY_HAND };
  return JSON.stringify({ ...told, holds: exitCode(answers) === 0, answers: lines });
}

/** 1 if a question fails; 3 if none fails and one had no answer. */
export function exitCode(answers: readonly LiveAnswer[]): 0 | 1 | 3 {
  if (answers.some((one) => one.kind === "answered" && !one.holds)) return 1;
  return answers.some(({ kind }) => kind === "unasked") ? 3 : 0;
}
