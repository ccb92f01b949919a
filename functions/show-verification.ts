import { KMSClient } from "@aws-sdk/client-kms";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms-keys.ts";
import { apiSettings, readEnv } from "./env.ts";
import { api } from "./http/api.ts";
import { showEndpoint } from "./http/show.ts";

const env = readEnv("show-verification");

export const handler = api(
  showEndpoint({
    verifications: dynamoVerifications(openTable(env.TABLE_NAME)),
    keys: kmsKeys(new KMSClient(), { numbersKeyArn: env.NUMBERS_KEY_ARN }),
    clock: Date.now,
    keyEpoch: Number(env.KEY_EPOCH),
  }),
  apiSettings(env),
);
