import { openTable } from "./adapters/dynamodb/table.ts";
import { dynamoVerifications } from "./adapters/dynamodb/verifications.ts";
import { apiSettings, readEnv } from "./env.ts";
import { api } from "./http/api.ts";
import { cancelEndpoint } from "./http/cancel.ts";

const env = readEnv("cancel-verification");

export const handler = api(
  cancelEndpoint({
    verifications: dynamoVerifications(openTable(env.TABLE_NAME)),
    clock: Date.now,
  }),
  apiSettings(env),
);
