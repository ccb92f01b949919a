import type { Proof } from "../../attacks/catalogue.ts";

/**
 * `met`: what is asked is done here, and a test shows it. `partly`: some of it, and `how` says which. `integrator`: it is for whoever builds on
 * Latchkey. `not met`: not done. `does not apply`: there is nothing here that it asks about.
 */
export const STATUSES = ["met", "partly", "not met", "integrator", "does not apply"] as const;
type Status = (typeof STATUSES)[number];

/** One requirement of a standard, in words of ours. */
export type Requirement = {
  readonly id: string;
  /** Of OWASP ASVS: 1 for everybody, 3 for the highest assurance. */
  readonly level?: 1 | 2 | 3;
  readonly asks: string;
  readonly status: Status;
  /** How it is met, or why not. */
  readonly how: string;
  readonly at: readonly string[];
  readonly tests: readonly Proof[];
};
