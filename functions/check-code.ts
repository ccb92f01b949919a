import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { cachingSpend, cachingVerifications } from "./adapters/dynamodb/caching.ts";
import { dynamoNumbers } from "./adapters/dynamodb/numbers.ts";
import { dynamoScopes } from "./adapters/dynamodb/scopes.ts";
import { dynamoSpend } from "./adapters/dynamodb/spend.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms/keys.ts";
import { kmsProofSigner } from "./adapters/kms/proofs.ts";
import { lambdaOutcomeReporter } from "./adapters/lambda/invocations.ts";
import { cryptoRandom } from "./adapters/node/random.ts";
import { api } from "./http/api.ts";
import { byApp } from "./http/apps.ts";
import { checkEndpoint } from "./http/check.ts";
import { appIn, appsOf } from "./runtime/apps.ts";
import { addressSource, apiSettings, keyEpochOf, readEnv } from "./runtime/environment.ts";
import { journal, logFault } from "./runtime/log.ts";
import { limitsOf, proofTermsOf } from "./runtime/terms.ts";

const env = readEnv("check-code");
const table = openTable(env.TABLE_NAME);
const limits = limitsOf(env);
const kms = new KMSClient(AWS_CLIENT);

const shared = {
  verifications: cachingVerifications(dynamoVerifications(table), Date.now),
  numbers: dynamoNumbers(table, limits),
  scopes: dynamoScopes(table),
  spend: cachingSpend(dynamoSpend(table), Date.now),
  keys: kmsKeys(kms, { numbersKeyArn: env.NUMBERS_KEY_ARN, codesKeyArn: env.CODES_KEY_ARN }),
  signer: kmsProofSigner(kms, env.PROOF_KEY_ARNS.split(","), Date.now),
  outcomes: lambdaOutcomeReporter(new LambdaClient(AWS_CLIENT), env.OUTCOME_FUNCTION_NAME),
  clock: Date.now,
  random: cryptoRandom,
  journal,
  logFault,
  keyEpoch: keyEpochOf(env),
  limits,
};
const apps = appsOf(env, (own) =>
  checkEndpoint(
    { ...shared, app: appIn(own), proofTerms: proofTermsOf(own, limits) },
    addressSource(env),
  ),
);

export const handler = api(byApp(apps), apiSettings(env));
