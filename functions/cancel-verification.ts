import { sparingVerifications } from "./adapters/dynamodb/sparing.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { api } from "./http/api.ts";
import { cancelEndpoint } from "./http/cancel.ts";
import { apiSettings, readEnv } from "./runtime/environment.ts";

const env = readEnv("cancel-verification");

export const handler = api(
  cancelEndpoint({
    verifications: sparingVerifications(dynamoVerifications(openTable(env.TABLE_NAME)), Date.now),
    clock: Date.now,
  }),
  apiSettings(env),
);
