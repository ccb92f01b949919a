/** Why a proof is refused. The word never changes; the sentence is for a log, not for the end user. */
export const REFUSALS = {
  malformed: "The proof is no JWT of three parts.",
  "signature-invalid": "The proof is not signed by RS256 with the key that it names.",
  "key-unknown": "The proof names a key that the deployment does not publish.",
  "issuer-mismatch": "The proof was made by another deployment.",
  "audience-mismatch": "The proof is meant for another system.",
  expired: "The proof has expired.",
  "not-yet-valid":
    "The proof was made in the future: the clocks differ by more than the tolerance.",
  "claim-missing": "The proof lacks a claim that every proof has.",
  "purpose-mismatch": "The proof was made for another purpose.",
  "nonce-mismatch": "The proof was made for another session.",
  "number-mismatch": "The proof is of another phone number.",
  replayed: "The proof was used before.",
} as const;

/** The name of a refusal. */
export type Refusal = keyof typeof REFUSALS;
