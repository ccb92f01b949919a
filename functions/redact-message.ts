import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws/client.ts";
import { secretReader } from "./adapters/secrets/secrets.ts";
import { twilioCredentialsFor } from "./adapters/twilio/credentials.ts";
import { twilioRedactor } from "./adapters/twilio/settler.ts";
import { readEnv } from "./runtime/environment.ts";
import { log } from "./runtime/log.ts";
import type { Settlement } from "./verification/ports.ts";

const env = readEnv("redact-message");
const redactor = twilioRedactor({
  credentials: secretReader(
    new SecretsManagerClient(AWS_CLIENT),
    env.TWILIO_SECRET_ARN,
    twilioCredentialsFor(env),
  ),
  baseUrl: env.TWILIO_BASE_URL,
  notePrice: (note) => log({ event: "priced", ...note }),
});

/** Invoked by receive-delivery, never by a route. What it throws makes Lambda try again. */
export const handler = (settlement: Settlement) => redactor.settle(settlement);
