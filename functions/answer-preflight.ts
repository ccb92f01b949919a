import { apiSettings, readEnv } from "./env.ts";
import { api } from "./http/api.ts";
import { preflightEndpoint } from "./http/preflight.ts";

export const handler = api(preflightEndpoint, apiSettings(readEnv("answer-preflight")));
