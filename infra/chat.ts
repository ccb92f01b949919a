import { Aws } from "aws-cdk-lib";
import { CfnSlackChannelConfiguration } from "aws-cdk-lib/aws-chatbot";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";

export type ChatProps = Deployment & { readonly topic: ITopic };

/**
 * Tells alarms in a channel of Slack too, where the stage names one. Slack reads nothing that SNS sends by itself, so Amazon Q Developer in chat
 * applications stands between, with no right at all: a member of the channel can command nothing.
 */
export function tellChat(scope: Construct, { name, stage, topic }: ChatProps): void {
  if (stage.slack === undefined) return;
  const role = new Role(scope, "ChatRole", {
    assumedBy: new ServicePrincipal("chatbot.amazonaws.com"),
  });
  new CfnSlackChannelConfiguration(scope, "Slack", {
    configurationName: name,
    slackWorkspaceId: stage.slack.workspaceId,
    slackChannelId: stage.slack.channelId,
    iamRoleArn: role.roleArn,
    // Left out, it would be everything that the role lets.
    guardrailPolicies: [`arn:${Aws.PARTITION}:iam::aws:policy/AWSDenyAll`],
    snsTopicArns: [topic.topicArn],
  });
}
