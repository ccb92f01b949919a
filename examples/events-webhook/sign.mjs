import { createHmac } from "node:crypto";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const { SECRET_ARN, WEBHOOK_URL } = process.env;
const secrets = new SecretsManagerClient();
let secret;

/** Posts an event. Throws if the webhook does not take it: Lambda tries twice more, and then the event is in the queue. */
export async function handler(event) {
  secret ??= (await secrets.send(new GetSecretValueCommand({ SecretId: SECRET_ARN }))).SecretString;
  const response = await fetch(WEBHOOK_URL, {
    method: "POST",
    redirect: "error",
    signal: AbortSignal.timeout(5_000),
    ...signed(event, secret, Date.now()),
  });
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}

/** Body and headers by the Standard Webhooks specification: the HMAC covers id, time and body. https://www.standardwebhooks.com */
export function signed(event, whsec, now) {
  const { id } = event.detail;
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor(now / 1_000));
  const key = Buffer.from(whsec.replace(/^whsec_/, ""), "base64");
  const text = `${id}.${timestamp}.${body}`;
  const signature = createHmac("sha256", key).update(text).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
  return { body, headers };
}
