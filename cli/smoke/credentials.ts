import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  parseTwilioCredentials,
  type TwilioCredentials,
} from "../../functions/adapters/twilio/credentials.ts";
import { asking } from "../aws-faults.ts";
import { CommandFault } from "../terminal.ts";

/** The credentials in a secret. Throws a sentence if there are none. The sentence never quotes the secret. */
export async function storedCredentials(
  secrets: SecretsManagerClient,
  arn: string,
): Promise<TwilioCredentials> {
  const { SecretString = "" } = await asking(() =>
    secrets.send(new GetSecretValueCommand({ SecretId: arn })),
  );
  try {
    return parseTwilioCredentials(JSON.parse(SecretString));
  } catch {
    throw new CommandFault(
      "The secret of this stage holds no Twilio credentials yet. Store them: npm run secrets -- <stage>.",
    );
  }
}
