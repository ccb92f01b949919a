import { KMSClient } from "@aws-sdk/client-kms";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { operatorStores } from "./adapters/dynamodb/operator-stores.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { kmsKeys } from "./adapters/kms/keys.ts";
import { cryptoRandom } from "./adapters/node/random.ts";
import { operations } from "./operator/handler.ts";
import { readEnv } from "./runtime/environment.ts";
import { limitsOf, scopeTermsOf, spendTermsOf } from "./runtime/terms.ts";

const env = readEnv("operate");

/** Invoked by `npm run ops`, never by a route: IAM decides who may invoke it. */
export const handler = operations({
  stores: operatorStores(openTable(env.TABLE_NAME)),
  random: cryptoRandom,
  keys: kmsKeys(new KMSClient(AWS_CLIENT), { numbersKeyArn: env.NUMBERS_KEY_ARN }),
  clock: Date.now,
  limits: limitsOf(env),
  scopeTerms: scopeTermsOf(env),
  spendTerms: spendTermsOf(env),
});
