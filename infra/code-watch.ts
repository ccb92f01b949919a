import { CfnRule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { descriptionOf } from "./alarms.ts";
import type { Stage } from "./stage.ts";

export type CodeWatchProps = {
  readonly stageName: string;
  readonly stage: Stage;
  readonly topic: ITopic;
};

/** CloudTrail writes the version of Lambda's API behind them. */
const CODE_CHANGES = ["UpdateFunctionCode", "UpdateFunctionConfiguration"] as const;
const ROLE_CHANGES = ["UpdateAssumeRolePolicy", "PutRolePolicy", "AttachRolePolicy"] as const;

/**
 * Tells of every change, tried or done, of our functions and roles by anybody but CloudFormation: whoever is a function uses its keys and
 * raises no other alarm. Reads CloudTrail, so the account needs a trail. IAM tells its changes in us-east-1 and nowhere else: a stack in
 * another region sees those of roles only where somebody passes them on to it.
 */
export function watchCode(scope: Construct, id: string, props: CodeWatchProps): CfnRule {
  const { stageName, stage, topic } = props;
  const ours = `latchkey-${stageName}-`;
  const says = descriptionOf(
    { stage },
    { says: "A function or a role was changed by hand.", runbook: "key-misuse" },
  );
  return new CfnRule(scope, id, {
    description: "Latchkey: change of a function or a role by hand",
    state: "ENABLED",
    eventPattern: {
      source: ["aws.lambda", "aws.iam"],
      detail: {
        // The address is CloudFormation's own word; a caller's user agent is anybody's.
        sourceIPAddress: [{ "anything-but": ["cloudformation.amazonaws.com"] }],
        $or: [
          {
            eventName: CODE_CHANGES.map((prefix) => ({ prefix })),
            requestParameters: {
              functionName: [{ prefix: ours }, { wildcard: `*:function:${ours}*` }],
            },
          },
          {
            eventName: [...ROLE_CHANGES],
            requestParameters: { roleName: [{ prefix: ours }] },
          },
        ],
      },
    },
    targets: [
      {
        id: "Alerts",
        arn: topic.topicArn,
        inputTransformer: {
          inputPathsMap: { what: "$.detail.eventName", who: "$.detail.userIdentity.arn" },
          inputTemplate: `"${says} (<what> by <who>)"`,
        },
      },
    ],
  });
}
