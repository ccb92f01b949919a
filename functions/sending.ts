import { KMSClient } from "@aws-sdk/client-kms";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws-client.ts";
import { dynamoNumbers } from "./adapters/dynamodb/numbers.ts";
import { dynamoScopes } from "./adapters/dynamodb/scopes.ts";
import { dynamoSendingSwitch } from "./adapters/dynamodb/sending-switch.ts";
import { dynamoSpend } from "./adapters/dynamodb/spend.ts";
import type { Table } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms-keys.ts";
import { cryptoRandom } from "./adapters/random.ts";
import { secretReader } from "./adapters/secrets.ts";
import { twilioCredentialsFor, twilioSender } from "./adapters/twilio.ts";
import { type Env, keyEpochOf } from "./env.ts";
import { journal, logFault } from "./log.ts";
import { scopeTermsOf, spendTermsOf } from "./terms.ts";

/** What the two functions that send a code are made of: all that a resend asks for, and most of a start. */
export function sendingWorld(env: Env<"resend-code">, table: Table) {
  const secrets = new SecretsManagerClient(AWS_CLIENT);
  return {
    verifications: dynamoVerifications(table),
    numbers: dynamoNumbers(table),
    scopes: dynamoScopes(table),
    spend: dynamoSpend(table),
    sendingSwitch: dynamoSendingSwitch(table, Date.now),
    keys: kmsKeys(new KMSClient(AWS_CLIENT), {
      numbersKeyArn: env.NUMBERS_KEY_ARN,
      codesKeyArn: env.CODES_KEY_ARN,
    }),
    sender: twilioSender({
      credentials: secretReader(secrets, env.TWILIO_SECRET_ARN, twilioCredentialsFor(env)),
      baseUrl: env.TWILIO_BASE_URL,
      logFault,
    }),
    clock: Date.now,
    random: cryptoRandom,
    journal,
    logFault,
    brand: env.BRAND,
    keyEpoch: keyEpochOf(env),
    scopeTerms: scopeTermsOf(env),
    spendTerms: spendTermsOf(env),
  };
}
