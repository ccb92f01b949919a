import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "./adapters/aws-client.ts";
import { secretReader } from "./adapters/secrets.ts";
import { twilioCredentialsFor, twilioSettler } from "./adapters/twilio.ts";
import { readEnv } from "./env.ts";

const env = readEnv("settle-verification");
const settler = twilioSettler({
  credentials: secretReader(
    new SecretsManagerClient(AWS_CLIENT),
    env.TWILIO_SECRET_ARN,
    twilioCredentialsFor(env),
  ),
  baseUrl: env.TWILIO_BASE_URL,
});

/** Invoked by check-code, never by a route. What it throws makes Lambda try again. */
export const handler = ({ messageSid }: { readonly messageSid: string }) =>
  settler.settle(messageSid);
