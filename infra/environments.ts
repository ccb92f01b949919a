import { VERIFY_URLS } from "../functions/adapters/challenge.ts";
import type { Env, FunctionName } from "../functions/env.ts";
import { DESTINATIONS } from "../functions/policy/destinations.ts";
import { challengeOf, scopeTermsOf, spendTermsOf } from "./sending-terms.ts";
import type { Stage } from "./stages.ts";

/** Where the parts of a stack are, for the functions that use them. */
export type Places = {
  readonly tableName: string;
  readonly numbersKeyArn: string;
  readonly codesKeyArn: string;
  readonly proofKeyArn: string;
  readonly proofIssuer: string;
  readonly twilioSecretArn: string;
  readonly settleFunctionName: string;
  /** Where the secret of the challenge lies, if the stage has one. */
  readonly challengeSecretArn: string | undefined;
};

/** The environment of every function. A key that one reads and that is missing here does not compile. */
export function environments(
  stage: Stage,
  places: Places,
): { readonly [F in FunctionName]: Env<F> } {
  const http = {
    PROBLEM_DOCS_URL: stage.problemDocsUrl,
    ALLOWED_ORIGINS: stage.allowedOrigins.join(","),
  };
  const table = { TABLE_NAME: places.tableName };
  const numbers = { NUMBERS_KEY_ARN: places.numbersKeyArn, KEY_EPOCH: String(stage.keyEpoch) };
  const codes = { CODES_KEY_ARN: places.codesKeyArn };
  const twilio = {
    TWILIO_SECRET_ARN: places.twilioSecretArn,
    TWILIO_MODE: twilioModeOf(stage),
    TWILIO_BASE_URL: "https://api.twilio.com",
  };
  const brand = { BRAND: stage.brand };
  const proofs = {
    PROOF_KEY_ARN: places.proofKeyArn,
    PROOF_ISSUER: places.proofIssuer,
    PROOF_AUDIENCE: stage.proofAudience,
  };
  const phone = {
    FICTIONAL_NUMBERS: stage.fictionalNumbers,
    PHONE_COUNTRIES: stage.countries.join(","),
    UNALLOCATED_BLOCKS: stage.unallocatedBlocks ?? DESTINATIONS.unallocatedBlocks,
    DEFAULT_COUNTRY: stage.defaultCountry ?? "",
  };
  const sending = sendingEnv(stage);
  return {
    "start-verification": {
      ...http,
      ...table,
      ...numbers,
      ...codes,
      ...twilio,
      ...brand,
      ...phone,
      ...sending,
      ...challengeEnv(stage, places),
    },
    "resend-code": { ...http, ...table, ...numbers, ...codes, ...twilio, ...brand, ...sending },
    "check-code": {
      ...http,
      ...table,
      ...numbers,
      ...codes,
      ...proofs,
      SETTLE_FUNCTION_NAME: places.settleFunctionName,
    },
    "show-verification": { ...http, ...table, ...numbers },
    "cancel-verification": { ...http, ...table },
    "publish-proof-keys": {
      ...http,
      PROOF_KEY_ARN: places.proofKeyArn,
      PREVIOUS_PROOF_KEY_ARN: stage.previousProofKeyArn ?? "",
    },
    "answer-preflight": http,
    "settle-verification": twilio,
    operate: { ...table, NUMBERS_KEY_ARN: places.numbersKeyArn, ...sending },
  };
}

function sendingEnv(stage: Stage) {
  return {
    SCOPE_TERMS: JSON.stringify(scopeTermsOf(stage)),
    SPEND_TERMS: JSON.stringify(spendTermsOf(stage)),
  } as const;
}

function challengeEnv(stage: Stage, { challengeSecretArn = "" }: Places) {
  const challenge = challengeOf(stage);
  return {
    CHALLENGE: challenge === undefined ? "" : JSON.stringify(challenge),
    CHALLENGE_SECRET_ARN: challengeSecretArn,
    CHALLENGE_VERIFY_URL: challenge === undefined ? "" : VERIFY_URLS[challenge.provider],
  } as const;
}

/** The only credentials of Twilio that a stage works with. */
export function twilioModeOf({ twilio }: Pick<Stage, "twilio">): "test" | "live" {
  return twilio === "test" ? "test" : "live";
}
