import { api } from "./http/api.ts";
import { keyedEndpoint } from "./http/keyed.ts";
import { addressSource, apiSettings, readEnv } from "./runtime/environment.ts";
import { keyedDeps } from "./runtime/keyed.ts";

const env = readEnv("serve-keyed");

export const handler = api(keyedEndpoint(keyedDeps(env), addressSource(env)), apiSettings(env));
