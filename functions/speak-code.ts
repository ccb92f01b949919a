import { KMSClient } from "@aws-sdk/client-kms";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms/keys.ts";
import { secretReader } from "./adapters/secrets/secrets.ts";
import { parseAuthTokens, TWILIO_CALLS, twilioSignatures } from "./adapters/twilio/callbacks.ts";
import { api } from "./http/api.ts";
import { speakEndpoint } from "./http/speak.ts";
import { apiSettings, keyEpochOf, readEnv } from "./runtime/environment.ts";
import { logFault } from "./runtime/log.ts";

const env = readEnv("speak-code");
const secrets = new SecretsManagerClient(AWS_CLIENT);

export const handler = api(
  speakEndpoint({
    verifications: dynamoVerifications(openTable(env.TABLE_NAME)),
    keys: kmsKeys(new KMSClient(AWS_CLIENT), { numbersKeyArn: env.NUMBERS_KEY_ARN }),
    keyEpoch: keyEpochOf(env),
    clock: Date.now,
    logFault,
    publicUrl: env.PUBLIC_URL,
    isSigned: twilioSignatures(
      secretReader(secrets, env.TWILIO_AUTH_SECRET_ARN, parseAuthTokens),
      Date.now,
    ),
    ...TWILIO_CALLS,
  }),
  apiSettings(env),
);
