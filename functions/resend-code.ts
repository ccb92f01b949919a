import { openTable } from "./adapters/dynamodb/table.ts";
import { api } from "./http/api.ts";
import { byApp } from "./http/apps.ts";
import { resendEndpoint } from "./http/resend.ts";
import { appsOf } from "./runtime/apps.ts";
import { addressSource, apiSettings, readEnv } from "./runtime/environment.ts";
import { sendingDeps } from "./runtime/sending.ts";

const env = readEnv("resend-code");
const sending = sendingDeps(env, openTable(env.TABLE_NAME));
const apps = appsOf(env, (own) => resendEndpoint(sending(own), addressSource(env)));

export const handler = api(byApp(apps), apiSettings(env));
