export { REFUSALS, type Refusal } from "./refusals.ts";
export { memoryReplayStore, type ProofUse, type ReplayStore } from "./replay.ts";
export type { ProofRules } from "./rules.ts";
export {
  createProofVerifier,
  type Expected,
  type ProofClaims,
  type Verdict,
  type VerifierOptions,
  type VerifyProof,
} from "./verifier.ts";
