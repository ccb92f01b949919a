import type { LambdaClient } from "@aws-sdk/client-lambda";
import { PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { TwilioCredentials } from "../functions/adapters/twilio/credentials.ts";
import type { StageName } from "../infra/stages.ts";
import { asking } from "./aws-faults.ts";
import { stageFunction } from "./stage-function.ts";
import { CommandFault } from "./terminal.ts";

/**
 * The ARN of the secret that a stage's functions read. Asked of a function and not of the secrets: production's secret outlives its stack, and
 * keeps the tags of one that is gone. Throws a `CommandFault` where there is no such stage.
 */
export async function twilioSecretOf(lambda: LambdaClient, stageName: StageName): Promise<string> {
  const { Environment } = await stageFunction(lambda, stageName, "StartVerification");
  const arn = Environment?.Variables?.["TWILIO_SECRET_ARN"];
  if (arn === undefined)
    throw new CommandFault(
      `The function that starts verifications in ${stageName} names no secret. Deploy it: npm run deploy -- ${stageName}.`,
    );
  return arn;
}

/** The ARN of the secret that callbacks are checked with. Throws as `twilioSecretOf` does. */
export async function authSecretOf(lambda: LambdaClient, stageName: StageName): Promise<string> {
  const { Environment } = await stageFunction(lambda, stageName, "ReceiveDelivery");
  const arn = Environment?.Variables?.["TWILIO_AUTH_SECRET_ARN"];
  if (arn === undefined)
    throw new CommandFault(
      `The function that hears of deliveries in ${stageName} names no secret. Deploy it: npm run deploy -- ${stageName}.`,
    );
  return arn;
}

/** The ARN of the secret that tokens of challenges are verified with. Throws as `twilioSecretOf` does. */
export async function challengeSecretOf(
  lambda: LambdaClient,
  stageName: StageName,
): Promise<string> {
  const { Environment } = await stageFunction(lambda, stageName, "StartVerification");
  const arn = Environment?.Variables?.["CHALLENGE_SECRET_ARN"];
  if (arn === undefined || arn === "")
    throw new CommandFault(
      `The function that starts verifications in ${stageName} knows no challenge yet. Deploy it: npm run deploy -- ${stageName}.`,
    );
  return arn;
}

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
