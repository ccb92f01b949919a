import { Aws } from "aws-cdk-lib";
import { CfnSlackChannelConfiguration } from "aws-cdk-lib/aws-chatbot";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";

export type ChatProps = Deployment & { readonly topic: ITopic };

/**
 * Sends alarms to a Slack channel too, if the stage names one. Slack cannot read SNS directly, so Amazon Q Developer in chat applications
 * delivers them, with no permission: members of the channel can run no command.
 */
export function notifyChat(scope: Construct, { name, stage, topic }: ChatProps): void {
  if (stage.slack === undefined) return;
  const role = new Role(scope, "ChatRole", {
    assumedBy: new ServicePrincipal("chatbot.amazonaws.com"),
  });
  new CfnSlackChannelConfiguration(scope, "Slack", {
    configurationName: name,
    slackWorkspaceId: stage.slack.workspaceId,
    slackChannelId: stage.slack.channelId,
    iamRoleArn: role.roleArn,
    // The default would be all permissions of the role.
    guardrailPolicies: [`arn:${Aws.PARTITION}:iam::aws:policy/AWSDenyAll`],
    snsTopicArns: [topic.topicArn],
  });
}
