import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import { AWS_CLIENT } from "../adapters/aws/client.ts";
import { once } from "../adapters/aws/once.ts";
import { challengeVerifier } from "../adapters/challenge/challenge.ts";
import { SECRET_MINUTES, secretReader } from "../adapters/secrets/secrets.ts";
import type { Challenge } from "../verification/admission.ts";
import type { Env } from "./environment.ts";
import { logFault } from "./log.ts";
import { challengeOf } from "./terms.ts";

const SECRET = v.object({ secret: v.pipe(v.string(), v.nonEmpty()) });

export function challengeIn(env: Env<"start-verification">): Challenge | undefined {
  const terms = challengeOf(env);
  if (terms === undefined) return undefined;
  const read = secretReader(
    new SecretsManagerClient(AWS_CLIENT),
    env.CHALLENGE_SECRET_ARN,
    (json) => v.parse(SECRET, json).secret,
  );
  const verifyUrl = env.CHALLENGE_VERIFY_URL;
  const secret = once(read, SECRET_MINUTES);
  const verifier = challengeVerifier({ ...terms, verifyUrl, secret, logFault });
  return { terms, verifier };
}
