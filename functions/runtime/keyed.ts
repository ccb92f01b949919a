import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { AWS_CLIENT } from "../adapters/aws/client.ts";
import { dynamoApiKeys } from "../adapters/dynamodb/api-keys.ts";
import { cachingClaims } from "../adapters/dynamodb/caching.ts";
import { dynamoClaims } from "../adapters/dynamodb/claims.ts";
import { dynamoKeySends } from "../adapters/dynamodb/key-sends.ts";
import { dynamoNewest } from "../adapters/dynamodb/numbers.ts";
import { openTable } from "../adapters/dynamodb/table.ts";
import { dynamoVerifications } from "../adapters/dynamodb/verifications.ts";
import { kmsProofSigner } from "../adapters/kms/proofs.ts";
import { lambdaOutcomeReporter } from "../adapters/lambda/invocations.ts";
import type { KeyUse } from "../http/api-keys.ts";
import { phoneSettings } from "../verification/phone-policy.ts";
import { appsOf } from "./apps.ts";
import { type Env, pageSettings } from "./environment.ts";
import { log } from "./log.ts";
import { sendingDeps } from "./sending.ts";
import { proofTermsOf } from "./terms.ts";

/** The dependencies of the functions that back ends reach with an API key, by the app: those of a start, a resend and a check. */
export function keyedDeps(env: Env<"serve-keyed">) {
  const table = openTable(env.TABLE_NAME);
  const sending = sendingDeps(env, table);
  const kms = new KMSClient(AWS_CLIENT);
  const shared = {
    ...phoneSettings({
      fictionalNumbers: env.FICTIONAL_NUMBERS,
      countries: env.PHONE_COUNTRIES,
      unallocatedBlocks: env.UNALLOCATED_BLOCKS,
      defaultCountry: env.DEFAULT_COUNTRY,
    }),
    claims: cachingClaims(dynamoClaims(table), Date.now),
    signer: kmsProofSigner(kms, env.PROOF_KEY_ARNS.split(","), Date.now),
    outcomes: lambdaOutcomeReporter(new LambdaClient(AWS_CLIENT), env.OUTCOME_FUNCTION_NAME),
    apiKeys: dynamoApiKeys(table, Date.now),
    keySends: dynamoKeySends(table),
    noteKeyUse: (use: KeyUse) => log({ event: "key", ...use }),
    publicUrl: env.PUBLIC_URL,
  };
  return appsOf(env, (own) => {
    const deps = sending(own);
    return {
      ...deps,
      ...shared,
      // Read anew each time: the same container has just written what it shows next.
      verifications: { ...deps.verifications, read: dynamoVerifications(table).read },
      pages: pageSettings(own),
      numbers: { ...deps.numbers, ...dynamoNewest(table) },
      proofTerms: proofTermsOf(own, deps.limits),
      verifyServiceSid: own.VERIFY_SERVICE_SID,
    };
  });
}
