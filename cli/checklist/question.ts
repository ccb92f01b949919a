import type { Stage } from "../../infra/stages.ts";
import type { Template } from "../template.ts";
import type { Policies } from "./policies.ts";

/** A finding of the checks of every synthesis: the Guard rule, or the rule of cdk-nag or AWS, and its text. */
export type CheckFinding = { readonly rule: string; readonly words: string };

/** The input of every question: what would be deployed, what the checks find in it, and the rules that its functions run. */
export type Evidence = {
  readonly stageName: string;
  readonly stage: Stage;
  readonly template: Template;
  readonly findings: readonly CheckFinding[];
  readonly policies: Policies;
};

/** The answer holds if there is no fault. `value` is the number, or the few words, that a founder may quote. */
export type Finding = { readonly value: string; readonly faults: readonly string[] };

/** A question of a founder. */
export type Question = {
  readonly id: string;
  readonly topic: string;
  readonly asks: string;
  /** The rules of the checks that answer it: of infra/latchkey.guard, or of cdk-nag. */
  readonly rules?: readonly string[];
  /** The answer from the settings, the limits and the environment of the functions. Pure. */
  readonly find: (evidence: Evidence) => Finding;
  /** Files of this project. */
  readonly enforced: readonly string[];
  readonly tested: readonly string[];
};

/** The keys of the facts that are true. */
export function faultsOf(facts: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(facts)
    .filter(([, isSo]) => isSo)
    .map(([sentence]) => sentence);
}
