import { openTable } from "./adapters/dynamodb/table.ts";
import { addressSource, apiSettings, readEnv } from "./env.ts";
import { api } from "./http/api.ts";
import { resendEndpoint } from "./http/resend.ts";
import { sendingWorld } from "./sending.ts";

const env = readEnv("resend-code");

export const handler = api(
  resendEndpoint(sendingWorld(env, openTable(env.TABLE_NAME)), addressSource(env)),
  apiSettings(env),
);
