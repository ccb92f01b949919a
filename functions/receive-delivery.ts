import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms/keys.ts";
import { lambdaNextSteps, lambdaOutcomeReporter } from "./adapters/lambda/invocations.ts";
import { secretReader } from "./adapters/secrets/secrets.ts";
import {
  parseAuthTokens,
  twilioDeliveries,
  twilioSignatures,
} from "./adapters/twilio/callbacks.ts";
import { api } from "./http/api.ts";
import { deliveryEndpoint } from "./http/delivery.ts";
import { apiSettings, keyEpochOf, readEnv } from "./runtime/environment.ts";
import { journal, logFault } from "./runtime/log.ts";

const env = readEnv("receive-delivery");
const lambda = new LambdaClient(AWS_CLIENT);
const secrets = new SecretsManagerClient(AWS_CLIENT);

export const handler = api(
  deliveryEndpoint({
    verifications: dynamoVerifications(openTable(env.TABLE_NAME)),
    keys: kmsKeys(new KMSClient(AWS_CLIENT), { numbersKeyArn: env.NUMBERS_KEY_ARN }),
    keyEpoch: keyEpochOf(env),
    journal,
    ownApp: env.APP || undefined,
    outcomes: lambdaOutcomeReporter(lambda, env.OUTCOME_FUNCTION_NAME),
    nextSteps: lambdaNextSteps(lambda, env.NEXT_STEP_FUNCTION_NAME),
    publicUrl: env.PUBLIC_URL,
    isSigned: twilioSignatures(
      secretReader(secrets, env.TWILIO_AUTH_SECRET_ARN, parseAuthTokens),
      Date.now,
    ),
    ...twilioDeliveries(logFault),
  }),
  apiSettings(env),
);
