import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { sparingVerifications } from "./adapters/sparing.ts";
import { apiSettings, readEnv } from "./env.ts";
import { api } from "./http/api.ts";
import { cancelEndpoint } from "./http/cancel.ts";

const env = readEnv("cancel-verification");

export const handler = api(
  cancelEndpoint({
    verifications: sparingVerifications(dynamoVerifications(openTable(env.TABLE_NAME)), Date.now),
    clock: Date.now,
  }),
  apiSettings(env),
);
