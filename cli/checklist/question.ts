import type { Stage } from "../../infra/stages.ts";
import type { Template } from "../template.ts";
import type { Policies } from "./policies.ts";

/** All that a question may look at: what would be deployed, and the rules that its functions run. */
export type Evidence = {
  readonly stageName: string;
  readonly stage: Stage;
  readonly template: Template;
  readonly policies: Policies;
};

/** It holds where there is no fault. `value` is the number, or the few words, that a founder may repeat to others. */
export type Finding = { readonly value: string; readonly faults: readonly string[] };

/** A question that a founder should ask. `find` is pure: break a property, and its answer turns. */
export type Question = {
  readonly id: string;
  readonly topic: string;
  readonly asks: string;
  readonly find: (evidence: Evidence) => Finding;
  /** Files of this project. */
  readonly enforced: readonly string[];
  readonly tested: readonly string[];
};

/** The sentences of the facts that are true. */
export function faultsOf(facts: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(facts)
    .filter(([, isSo]) => isSo)
    .map(([sentence]) => sentence);
}
