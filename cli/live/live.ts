import { setTimeout as delay } from "node:timers/promises";
import { DescribeStacksCommand, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { once } from "../../functions/adapters/aws/once.ts";
import { secretReader } from "../../functions/adapters/secrets/secrets.ts";
import { parseTwilioCredentials } from "../../functions/adapters/twilio/credentials.ts";
import { asking } from "../aws-faults.ts";
import { CommandFault } from "../terminal.ts";
import { type AwsClients, awsClients } from "./aws.ts";
import { DEPLOYMENT_QUESTIONS } from "./deployment.ts";
import { KEEPING_LIVE } from "./keeping.ts";
import type { Deployed, LiveAnswer, LiveDeps, LiveQuestion } from "./question.ts";
import { TWILIO_LIVE } from "./twilio.ts";
import { CouldNotAsk, twilioReader } from "./twilio-reader.ts";
import { WATCHING_LIVE } from "./watching.ts";

export const LIVE_QUESTIONS: readonly LiveQuestion[] = [
  ...DEPLOYMENT_QUESTIONS,
  ...WATCHING_LIVE,
  ...KEEPING_LIVE,
  ...TWILIO_LIVE,
];

type Subject = Pick<LiveDeps, "stageName" | "stage" | "template">;

/** AWS and Twilio, as the environment and the profile of whoever asks reach them. */
export function liveDeps(
  subject: Subject,
  { aws = awsClients(), twilio = twilioReader() }: Partial<Pick<LiveDeps, "aws" | "twilio">> = {},
): LiveDeps {
  const resources = once(() => resourcesOf(aws, subject.stageName));
  const deployed = async (type: string) =>
    (await resources()).filter((resource) => resource.type === type);
  return {
    ...subject,
    aws,
    twilio,
    deployed,
    region: () => aws.stack.config.region(),
    address: once(() => addressOf(aws, subject.stageName)),
    credentials: once(async () => {
      const secret = (await deployed("AWS::SecretsManager::Secret")).find(({ logicalId }) =>
        logicalId.startsWith("TwilioCredentials"),
      );
      if (secret === undefined) throw new CouldNotAsk("the stack has no secret");
      return secretReader(aws.secrets, secret.id, parseTwilioCredentials)();
    }),
    now: Date.now,
    pause: (milliseconds) => delay(milliseconds),
  };
}

async function resourcesOf(aws: AwsClients, stageName: string): Promise<readonly Deployed[]> {
  const found: Deployed[] = [];
  const input = { StackName: `latchkey-${stageName}` };
  for await (const page of paginateListStackResources({ client: aws.stack }, input))
    for (const one of page.StackResourceSummaries ?? [])
      found.push({
        logicalId: one.LogicalResourceId ?? "",
        id: one.PhysicalResourceId ?? "",
        type: one.ResourceType ?? "",
      });
  return found;
}

async function addressOf(aws: AwsClients, stageName: string): Promise<string> {
  const asked = new DescribeStacksCommand({ StackName: `latchkey-${stageName}` });
  const [stack] = (await aws.stack.send(asked)).Stacks ?? [];
  const output = stack?.Outputs?.find(({ OutputKey = "" }) =>
    OutputKey.startsWith("GatewayAddress"),
  );
  if (output?.OutputValue === undefined) throw new CouldNotAsk("the stack tells no address");
  return output.OutputValue;
}

/**
 * Asks every question, one after another so that nobody is throttled. What nobody tells is said so, with why. Throws a `CommandFault` where
 * there is nobody to ask: no credentials of AWS, or no such stage.
 */
export async function answerLive(
  deps: LiveDeps,
  questions: readonly LiveQuestion[] = LIVE_QUESTIONS,
): Promise<readonly LiveAnswer[]> {
  await insistOnStack(deps);
  const answers: LiveAnswer[] = [];
  for (const question of questions) answers.push(await answerOne(deps, question));
  return answers;
}

async function answerOne(deps: LiveDeps, question: LiveQuestion): Promise<LiveAnswer> {
  const { id, topic, asks } = question;
  try {
    const finding = await asking(() => question.find(deps));
    return { id, topic, asks, kind: "answered", finding, holds: finding.faults.length === 0 };
  } catch (fault) {
    const because = fault instanceof Error ? fault.message : "nobody knows why";
    return { id, topic, asks, kind: "unasked", because };
  }
}

async function insistOnStack({ aws, stageName }: LiveDeps): Promise<void> {
  const asked = new DescribeStacksCommand({ StackName: `latchkey-${stageName}` });
  await asking(() => aws.stack.send(asked)).catch((fault: unknown) => {
    if (fault instanceof Error && /does not exist/.test(fault.message))
      throw new CommandFault(
        `There is no ${stageName} in this account and region. Deploy it (npm run deploy -- ${stageName}), or choose another AWS_PROFILE or AWS_REGION.`,
      );
    throw fault;
  });
}
