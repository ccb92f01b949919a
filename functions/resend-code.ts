import { openTable } from "./adapters/dynamodb/table.ts";
import { api } from "./http/api.ts";
import { resendEndpoint } from "./http/resend.ts";
import { addressSource, apiSettings, readEnv } from "./runtime/environment.ts";
import { sendingDeps } from "./runtime/sending.ts";

const env = readEnv("resend-code");

export const handler = api(
  resendEndpoint(sendingDeps(env, openTable(env.TABLE_NAME)), addressSource(env)),
  apiSettings(env),
);
