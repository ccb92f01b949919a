import { api } from "./http/api.ts";
import { twilioVerifyEndpoint } from "./http/twilio-verify.ts";
import { twilioProblemAnswer } from "./http/twilio-verify-errors.ts";
import { addressSource, apiSettings, readEnv } from "./runtime/environment.ts";
import { keyedDeps } from "./runtime/keyed.ts";

const env = readEnv("serve-twilio-verify");

export const handler = api(twilioVerifyEndpoint(keyedDeps(env), addressSource(env)), {
  ...apiSettings(env),
  problemAnswer: twilioProblemAnswer,
});
