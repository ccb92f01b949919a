import { KMSClient } from "@aws-sdk/client-kms";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { kmsProofKeys } from "./adapters/kms/proofs.ts";
import { api } from "./http/api.ts";
import { wellKnownEndpoint } from "./http/well-known.ts";
import { apiSettings, readEnv } from "./runtime/environment.ts";

const env = readEnv("publish-proof-keys");
const keyArns = env.PROOF_KEY_ARNS.split(",");

export const handler = api(
  wellKnownEndpoint({
    issuer: env.PROOF_ISSUER,
    readKeys: kmsProofKeys(new KMSClient(AWS_CLIENT), keyArns),
  }),
  { ...apiSettings(env), allowedOrigins: "any" },
);
