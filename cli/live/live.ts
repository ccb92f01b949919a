import { resolve4, resolve6 } from "node:dns/promises";
import { setTimeout as delay } from "node:timers/promises";
import { paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { once } from "../../functions/adapters/aws/once.ts";
import { secretReader } from "../../functions/adapters/secrets/secrets.ts";
import { parseTwilioCredentials } from "../../functions/adapters/twilio/credentials.ts";
import type { OutputName } from "../../infra/outputs.ts";
import { asking } from "../aws-faults.ts";
import type { Answer } from "../checklist/words.ts";
import { outputsOf } from "../deployed.ts";
import { type AwsClients, awsClients } from "./aws.ts";
import { DEPLOYMENT_QUESTIONS } from "./deployment.ts";
import { DOMAIN_LIVE } from "./domain.ts";
import { KEEPING_LIVE } from "./keeping.ts";
import type { Deployed, LiveDeps, LiveQuestion } from "./question.ts";
import { handshake } from "./tls.ts";
import { TWILIO_LIVE } from "./twilio.ts";
import { twilioReader } from "./twilio-reader.ts";
import { WATCHING_LIVE } from "./watching.ts";

export const LIVE_QUESTIONS: readonly LiveQuestion[] = [
  ...DEPLOYMENT_QUESTIONS,
  ...WATCHING_LIVE,
  ...KEEPING_LIVE,
  DOMAIN_LIVE,
  ...TWILIO_LIVE,
];

type Subject = Pick<LiveDeps, "stageName" | "stackName" | "stage" | "template">;

/** AWS and Twilio, reached with the environment and the profile of the operator. */
export function liveDeps(
  subject: Subject,
  { aws = awsClients(), twilio = twilioReader() }: Partial<Pick<LiveDeps, "aws" | "twilio">> = {},
): LiveDeps {
  const resources = once(() => resourcesOf(aws, subject.stackName));
  const deployed = async (type: string) =>
    (await resources()).filter((resource) => resource.type === type);
  return {
    ...subject,
    aws,
    twilio,
    handshake,
    resolve: (name) => resolve4(name).catch(() => resolve6(name)),
    deployed,
    region: () => aws.stack.config.region(),
    address: once(() => outputOf(aws, subject.stackName, "Address")),
    credentials: once(async () => {
      const secret = await outputOf(aws, subject.stackName, "TwilioSecret");
      return secretReader(aws.secrets, secret, parseTwilioCredentials)();
    }),
    now: Date.now,
    pause: (milliseconds) => delay(milliseconds),
  };
}

async function resourcesOf(aws: AwsClients, stackName: string): Promise<readonly Deployed[]> {
  const found: Deployed[] = [];
  const input = { StackName: stackName };
  for await (const page of paginateListStackResources({ client: aws.stack }, input))
    for (const one of page.StackResourceSummaries ?? [])
      found.push({
        logicalId: one.LogicalResourceId ?? "",
        id: one.PhysicalResourceId ?? "",
        type: one.ResourceType ?? "",
      });
  return found;
}

async function outputOf(aws: AwsClients, stackName: string, name: OutputName): Promise<string> {
  const output = await outputsOf(aws.stack, { stackName });
  return output(name);
}

/**
 * Asks every question, one after another so that AWS throttles none. A question that gets no answer is reported with the reason. Throws a
 * `CommandFault` without credentials of AWS or without such a stage.
 */
export async function answerLive(
  deps: LiveDeps,
  questions: readonly LiveQuestion[] = LIVE_QUESTIONS,
  step: (name: string) => void = () => {},
): Promise<readonly Answer[]> {
  await insistOnStack(deps);
  const answers: Answer[] = [];
  for (const question of questions) {
    step(question.asks);
    answers.push(await answerOne(deps, question));
  }
  return answers;
}

export async function answerOne(deps: LiveDeps, question: LiveQuestion): Promise<Answer> {
  const { id, topic, asks } = question;
  try {
    const finding = await asking(() => question.find(deps));
    return { id, topic, asks, kind: "answered", finding, holds: finding.faults.length === 0 };
  } catch (fault) {
    const because = fault instanceof Error ? fault.message : "unknown reason";
    return { id, topic, asks, kind: "unasked", because };
  }
}

async function insistOnStack({ aws, stackName }: LiveDeps): Promise<void> {
  await outputsOf(aws.stack, { stackName });
}
