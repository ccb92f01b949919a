import { KMSClient } from "@aws-sdk/client-kms";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { kmsProofKeys } from "./adapters/kms/proofs.ts";
import { api } from "./http/api.ts";
import { proofKeysEndpoint } from "./http/proof-keys.ts";
import { apiSettings, readEnv } from "./runtime/environment.ts";

const env = readEnv("publish-proof-keys");
const keyArns = env.PROOF_KEY_ARNS.split(",");

export const handler = api(proofKeysEndpoint(kmsProofKeys(new KMSClient(AWS_CLIENT), keyArns)), {
  ...apiSettings(env),
  allowedOrigins: "any",
});
