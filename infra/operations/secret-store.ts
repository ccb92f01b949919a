import {
  ListSecretsCommand,
  PutSecretValueCommand,
  type SecretListEntry,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { TwilioCredentials } from "../../functions/adapters/twilio-credentials.ts";
import type { StageName } from "../stages.ts";
import { asking } from "./aws-faults.ts";
import { CommandFault } from "./terminal.ts";

/** The ARN of the secret of a stage, known by what CloudFormation writes on everything that it makes. */
export async function twilioSecretOf(
  secrets: SecretsManagerClient,
  stageName: StageName,
): Promise<string> {
  for await (const entry of entriesOf(secrets, `latchkey-${stageName}`)) {
    if (isTwilioSecret(entry, stageName) && entry.ARN !== undefined) return entry.ARN;
  }
  throw new CommandFault(
    `There is no ${stageName} in this account and region. Deploy it first: npm run deploy -- ${stageName}.`,
  );
}

export async function storeCredentials(
  secrets: SecretsManagerClient,
  arn: string,
  credentials: TwilioCredentials,
): Promise<void> {
  const put = new PutSecretValueCommand({
    SecretId: arn,
    SecretString: JSON.stringify(credentials),
  });
  await asking(() => secrets.send(put));
}

async function* entriesOf(
  secrets: SecretsManagerClient,
  stackName: string,
): AsyncGenerator<SecretListEntry> {
  let NextToken: string | undefined;
  do {
    const list = new ListSecretsCommand({
      Filters: [{ Key: "tag-value", Values: [stackName] }],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    const page = await asking(() => secrets.send(list));
    yield* page.SecretList ?? [];
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}

/** The filter matches beginnings, so `latchkey-prod` finds `latchkey-prod2` too. */
function isTwilioSecret({ Tags = [] }: SecretListEntry, stageName: StageName): boolean {
  const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  const logicalId = tags.get("aws:cloudformation:logical-id") ?? "";
  return (
    tags.get("aws:cloudformation:stack-name") === `latchkey-${stageName}` &&
    /^TwilioCredentials[0-9A-F]{8}$/.test(logicalId)
  );
}
