import { KMSClient } from "@aws-sdk/client-kms";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { cachingVerifications } from "./adapters/dynamodb/caching.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { kmsKeys } from "./adapters/kms/keys.ts";
import { api } from "./http/api.ts";
import { byApp } from "./http/apps.ts";
import { showEndpoint } from "./http/show.ts";
import { appIn, appsOf } from "./runtime/apps.ts";
import { apiSettings, keyEpochOf, readEnv } from "./runtime/environment.ts";
import { channelSettings } from "./verification/channels.ts";

const env = readEnv("show-verification");
const shared = {
  verifications: cachingVerifications(dynamoVerifications(openTable(env.TABLE_NAME)), Date.now),
  keys: kmsKeys(new KMSClient(AWS_CLIENT), { numbersKeyArn: env.NUMBERS_KEY_ARN }),
  clock: Date.now,
  channels: channelSettings(env),
  keyEpoch: keyEpochOf(env),
};
const apps = appsOf(env, (own) => showEndpoint({ ...shared, app: appIn(own) }));

export const handler = api(byApp(apps), apiSettings(env));
