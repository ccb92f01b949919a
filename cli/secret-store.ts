import { PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { TwilioCredentials } from "../functions/adapters/twilio/credentials.ts";
import { asking } from "./aws-faults.ts";

type Content =
  | TwilioCredentials
  | { readonly authTokens: readonly string[] }
  | { readonly secret: string };

export async function storeCredentials(
  secrets: SecretsManagerClient,
  arn: string,
  content: Content,
): Promise<void> {
  const put = new PutSecretValueCommand({
    SecretId: arn,
    SecretString: JSON.stringify(content),
  });
  await asking(() => secrets.send(put));
}
