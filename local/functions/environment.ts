import { devNull } from "node:os";
import { LOOPBACK } from "../../functions/http/api.ts";
import { channelsEnv, termsOf } from "../../infra/environments.ts";
import type { Stage } from "../../infra/stages.ts";
import { CHALLENGE_SECRET, LOCAL_CHALLENGE } from "../emulators/challenge.ts";
import { PLACE } from "../template/names.ts";

/** The addresses of the rest of the local system. */
export type LocalAddresses = {
  readonly dynamodb: string;
  /** The emulators for KMS, Secrets Manager and Lambda. */
  readonly aws: string;
  readonly twilio: string;
  /** The address of the pages. */
  readonly site: string;
  /** The addresses that pages may call from. */
  readonly origins: readonly string[];
  /** Where tokens of challenges are verified, if starts are to be challenged. */
  readonly challenge?: LocalChallenge | undefined;
  /** The stage whose limits and caps replace those of the template. */
  readonly stage?: Stage | undefined;
};

type LocalChallenge = { readonly verifyUrl: string; readonly when: "always" | "under-pressure" };

/** The only variables that differ from the template. */
export function overridesOf({
  dynamodb,
  aws,
  twilio,
  site,
  origins,
  challenge,
  stage,
}: LocalAddresses): Readonly<Record<string, string>> {
  return {
    AWS_REGION: PLACE.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    // A developer's own profile must not be used.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_KMS: aws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
    AWS_ENDPOINT_URL_LAMBDA: aws,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws,
    TWILIO_BASE_URL: twilio,
    PROOF_ISSUER: site,
    PUBLIC_URL: site,
    ALLOWED_ORIGINS: [...origins, LOOPBACK].join(","),
    PROBLEM_DOCS_URL: `${site}/docs/reference/problems.md#`,
    ...(challenge === undefined ? {} : challengeOverrides(challenge, origins)),
    ...(stage === undefined ? {} : stageOverrides(stage)),
  };
}

function stageOverrides(stage: Stage) {
  const { VOICE_COUNTRIES } = channelsEnv(stage);
  return { ...termsOf(stage), PHONE_COUNTRIES: stage.countries.join(","), VOICE_COUNTRIES };
}

function challengeOverrides({ verifyUrl, when }: LocalChallenge, origins: readonly string[]) {
  const hosts = [...new Set(origins.map((origin) => new URL(origin).hostname))];
  return {
    CHALLENGE: JSON.stringify({ ...LOCAL_CHALLENGE, when, hosts }),
    CHALLENGE_SECRET_ARN: CHALLENGE_SECRET.arn,
    CHALLENGE_VERIFY_URL: verifyUrl,
  } as const;
}

/** The variables that a function finds: those of the template, and of the overrides those that it or the SDK reads. */
export function environmentOf(
  declared: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = Object.entries(overrides).filter(
    ([name]) => name in declared || name.startsWith("AWS_"),
  );
  return { ...declared, ...Object.fromEntries(own) };
}
