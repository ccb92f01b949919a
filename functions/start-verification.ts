import { cachingClaims } from "./adapters/dynamodb/caching.ts";
import { dynamoClaims } from "./adapters/dynamodb/claims.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { api } from "./http/api.ts";
import { byApp } from "./http/apps.ts";
import { startEndpoint } from "./http/start.ts";
import { appsOf } from "./runtime/apps.ts";
import { challengeIn } from "./runtime/challenge.ts";
import { addressSource, apiSettings, pageSettings, readEnv } from "./runtime/environment.ts";
import { sendingDeps } from "./runtime/sending.ts";
import { phoneSettings } from "./verification/phone-policy.ts";

const env = readEnv("start-verification");
const table = openTable(env.TABLE_NAME);
const sending = sendingDeps(env, table);
const shared = {
  claims: cachingClaims(dynamoClaims(table), Date.now),
  challenge: challengeIn(env),
  ...phoneSettings({
    fictionalNumbers: env.FICTIONAL_NUMBERS,
    countries: env.PHONE_COUNTRIES,
    unallocatedBlocks: env.UNALLOCATED_BLOCKS,
    defaultCountry: env.DEFAULT_COUNTRY,
  }),
};
const apps = appsOf(env, (own) =>
  startEndpoint({ ...sending(own), ...shared, pages: pageSettings(own) }, addressSource(env)),
);

export const handler = api(byApp(apps), apiSettings(env));
