import { KMSClient } from "@aws-sdk/client-kms";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws-client.ts";
import { dynamoClaims } from "./adapters/dynamodb/claims.ts";
import { dynamoNumbers } from "./adapters/dynamodb/numbers.ts";
import { dynamoScopes } from "./adapters/dynamodb/scopes.ts";
import { dynamoSendingSwitch } from "./adapters/dynamodb/sending-switch.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms-keys.ts";
import { cryptoRandom } from "./adapters/random.ts";
import { secretReader } from "./adapters/secrets.ts";
import { twilioCredentialsFor, twilioSender } from "./adapters/twilio.ts";
import { apiSettings, keyEpochOf, readEnv } from "./env.ts";
import { api } from "./http/api.ts";
import { startEndpoint } from "./http/start.ts";
import { logFault } from "./log.ts";
import { phoneSettings } from "./verification/phone-policy.ts";

const env = readEnv("start-verification");
const table = openTable(env.TABLE_NAME);
const secrets = new SecretsManagerClient(AWS_CLIENT);

export const handler = api(
  startEndpoint({
    verifications: dynamoVerifications(table),
    numbers: dynamoNumbers(table),
    scopes: dynamoScopes(table),
    claims: dynamoClaims(table),
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
    logFault,
    brand: env.BRAND,
    keyEpoch: keyEpochOf(env),
    ...phoneSettings({
      fictionalNumbers: env.FICTIONAL_NUMBERS,
      countries: env.PHONE_COUNTRIES,
      unallocatedBlocks: env.UNALLOCATED_BLOCKS,
      defaultCountry: env.DEFAULT_COUNTRY,
    }),
  }),
  apiSettings(env),
);
