import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { secretReader } from "./adapters/secrets/secrets.ts";
import { twilioCredentialsFor } from "./adapters/twilio/credentials.ts";
import { twilioOutcomeReporter } from "./adapters/twilio/reporter.ts";
import { readEnv } from "./runtime/environment.ts";
import { log } from "./runtime/log.ts";
import type { MessageOutcome } from "./verification/ports.ts";

const env = readEnv("report-outcome");
const reporter = twilioOutcomeReporter({
  credentials: secretReader(
    new SecretsManagerClient(AWS_CLIENT),
    env.TWILIO_SECRET_ARN,
    twilioCredentialsFor(env),
  ),
  baseUrl: env.TWILIO_BASE_URL,
  notePrice: (note) => log({ event: "priced", ...note }),
});

/** Invoked by check-code and receive-delivery, never by a route. Lambda retries after a fault. */
export const handler = (outcome: MessageOutcome) => reporter.report(outcome);
