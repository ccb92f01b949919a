import { api } from "./http/api.ts";
import { preflightEndpoint } from "./http/preflight.ts";
import { apiSettings, readEnv } from "./runtime/environment.ts";

export const handler = api(preflightEndpoint, apiSettings(readEnv("answer-preflight")));
