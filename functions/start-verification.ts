import { cachingClaims } from "./adapters/dynamodb/caching.ts";
import { dynamoClaims } from "./adapters/dynamodb/claims.ts";
import { openTable } from "./adapters/dynamodb/table.ts";
import { api } from "./http/api.ts";
import { startEndpoint } from "./http/start.ts";
import { challengeIn } from "./runtime/challenge.ts";
import { addressSource, apiSettings, pageSettings, readEnv } from "./runtime/environment.ts";
import { sendingDeps } from "./runtime/sending.ts";
import { phoneSettings } from "./verification/phone-policy.ts";

const env = readEnv("start-verification");
const table = openTable(env.TABLE_NAME);

export const handler = api(
  startEndpoint(
    {
      ...sendingDeps(env, table),
      claims: cachingClaims(dynamoClaims(table), Date.now),
      challenge: challengeIn(env),
      pages: pageSettings(env),
      ...phoneSettings({
        fictionalNumbers: env.FICTIONAL_NUMBERS,
        countries: env.PHONE_COUNTRIES,
        unallocatedBlocks: env.UNALLOCATED_BLOCKS,
        defaultCountry: env.DEFAULT_COUNTRY,
      }),
    },
    addressSource(env),
  ),
  apiSettings(env),
);
