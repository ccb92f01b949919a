import { CfnResource, Validations } from "aws-cdk-lib";
import { CfnMethod } from "aws-cdk-lib/aws-apigateway";
import type { Construct } from "constructs";
import type { Stage } from "./stage.ts";

export type Acknowledgement = {
  /** The name in cdk-nag. */
  readonly finding: string;
  /** The type of the resources that the finding is about. */
  readonly type: string;
  readonly because: string;
  /** Which of them, if not all. */
  readonly where?: (resource: CfnResource) => boolean;
};

/** The findings of cdk-nag that are intended, each with its reason. */
export function acknowledgements(stage: Stage): readonly Acknowledgement[] {
  return [
    {
      finding: "AwsSolutions-APIG4",
      type: "AWS::ApiGateway::Method",
      because:
        "A person who verifies a number has not signed in yet. Limits and counts of unverified sends take the place of an authorizer.",
      where: (method) => method instanceof CfnMethod && method.authorizationType !== "AWS_IAM",
    },
    {
      finding: "AwsSolutions-COG4",
      type: "AWS::ApiGateway::Method",
      because: "There is no user pool: Latchkey knows numbers and no users.",
    },
    {
      finding: "AwsSolutions-APIG6",
      type: "AWS::ApiGateway::Stage",
      because:
        "Execution logs hold paths, and with them the ids of verifications. The access log records each request.",
    },
    {
      finding:
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
      type: "AWS::IAM::Role",
      because:
        "The account's one role for the logs of API Gateway, with the policy that AWS made for it.",
    },
    {
      finding: "AwsSolutions-IAM5[Resource::*]",
      type: "AWS::IAM::Role",
      because:
        "Writing traces: X-Ray has no resources that could be named. A test keeps every other action off it.",
    },
    {
      finding: "AwsSolutions-SMG4",
      type: "AWS::SecretsManager::Secret",
      because: "Twilio makes its keys, and no function of ours may: an operator puts a new one.",
    },
    ...("off" in stage.firewall
      ? [
          {
            finding: "AwsSolutions-APIG3",
            type: "AWS::ApiGateway::Stage",
            because: stage.firewall.because,
          },
        ]
      : []),
  ];
}

/** Writes the rows to their resources, where cdk-nag and a reader of the template find them. */
export function acknowledge(scope: Construct, rows: readonly Acknowledgement[]): void {
  const resources = scope.node.findAll().filter((construct) => construct instanceof CfnResource);
  for (const { finding, type, because, where = () => true } of rows) {
    const of = resources.filter(({ cfnResourceType }) => cfnResourceType === type);
    for (const resource of of.filter(where))
      Validations.of(resource).acknowledge({ id: finding, reason: because });
  }
}
