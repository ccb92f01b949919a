import { cachingVerifications } from "./adapters/dynamodb/caching.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { api } from "./http/api.ts";
import { cancelEndpoint } from "./http/cancel.ts";
import { apiSettings, readEnv } from "./runtime/environment.ts";
import { journal } from "./runtime/log.ts";

const env = readEnv("cancel-verification");

export const handler = api(
  cancelEndpoint({
    verifications: cachingVerifications(dynamoVerifications(openTable(env.TABLE_NAME)), Date.now),
    clock: Date.now,
    journal,
  }),
  apiSettings(env),
);
