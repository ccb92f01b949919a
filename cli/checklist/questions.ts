import { CODE_QUESTIONS } from "./codes.ts";
import { DESTINATION_QUESTIONS } from "./destinations.ts";
import { LIMIT_QUESTIONS } from "./limits.ts";
import type { Evidence, Finding, Question } from "./question.ts";
import { SECRECY_QUESTIONS } from "./secrecy.ts";
import { TRANSPORT_QUESTIONS } from "./transport.ts";
import { WATCHING_QUESTIONS } from "./watching.ts";

/** The questions, the most important first. */
export const QUESTIONS: readonly Question[] = [
  ...CODE_QUESTIONS,
  ...LIMIT_QUESTIONS,
  ...SECRECY_QUESTIONS,
  ...TRANSPORT_QUESTIONS,
  ...DESTINATION_QUESTIONS,
  ...WATCHING_QUESTIONS,
];

export type Answered = Question & { readonly finding: Finding; readonly holds: boolean };

/** Answers every question. One that cannot be answered fails. */
export function answer(evidence: Evidence): readonly Answered[] {
  return QUESTIONS.map((question) => {
    const finding = question.find(evidence);
    return { ...question, finding, holds: finding.faults.length === 0 };
  });
}
