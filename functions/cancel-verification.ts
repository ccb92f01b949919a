import { cachingVerifications } from "./adapters/dynamodb/caching.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { api } from "./http/api.ts";
import { byApp } from "./http/apps.ts";
import { cancelEndpoint } from "./http/cancel.ts";
import { appIn, appsOf } from "./runtime/apps.ts";
import { apiSettings, readEnv } from "./runtime/environment.ts";
import { journal } from "./runtime/log.ts";

const env = readEnv("cancel-verification");
const shared = {
  verifications: cachingVerifications(dynamoVerifications(openTable(env.TABLE_NAME)), Date.now),
  clock: Date.now,
  journal,
};
const apps = appsOf(env, (own) => cancelEndpoint({ ...shared, app: appIn(own) }));

export const handler = api(byApp(apps), apiSettings(env));
