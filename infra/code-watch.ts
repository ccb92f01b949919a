import { Aws } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { descriptionOf } from "./alarms.ts";
import type { Deployment } from "./deployment.ts";

export type CodeWatchProps = Deployment & { readonly topic: ITopic };

/** CloudTrail writes the version of Lambda's API behind its events, so they are compared by their start. */
const prefixes = (names: readonly string[]) => names.map((prefix) => ({ prefix }));

/** Expected of a deployment, which is told of as a whole; by anybody else they are told one by one. */
const CODE_CHANGES = prefixes(["UpdateFunctionCode", "UpdateFunctionConfiguration"]);
/** Ways to run a function that no deployment needs after its first, so each use is reported. */
const NEW_WAYS_IN = prefixes([
  "AddPermission",
  "CreateFunctionUrlConfig",
  "UpdateFunctionUrlConfig",
  "CreateEventSourceMapping",
]);
/** Other functions that are given a role of ours. */
const ROLE_USES = prefixes(["CreateFunction2", "UpdateFunctionConfiguration"]);
const ROLE_CHANGES = [
  "UpdateAssumeRolePolicy",
  "PutRolePolicy",
  "DeleteRolePolicy",
  "AttachRolePolicy",
];
const STACK_CHANGES = [
  "UpdateStack",
  "ExecuteChangeSet",
  "DeleteStack",
  "UpdateTerminationProtection",
];

/**
 * Tells of every change, tried or done, of our functions, roles and stack, and of every other function that is given a role of ours: a person who
 * controls a function uses its keys and raises no other alarm. So each deployment is one mail. Reads CloudTrail, so the account needs a trail.
 * IAM publishes its events in us-east-1 and nowhere else: a stack in another region receives those of roles only where a rule there forwards them.
 */
export function watchCode(scope: Construct, id: string, props: CodeWatchProps): CfnRule {
  const { stage, topic } = props;
  const says = descriptionOf(
    { stage },
    { says: "A function, a role or the stack was changed.", runbook: "key-misuse" },
  );
  return new CfnRule(scope, id, {
    description: "Latchkey: change of a function, a role or the stack",
    state: "ENABLED",
    eventPattern: {
      source: ["aws.lambda", "aws.iam", "aws.cloudformation"],
      detail: { $or: changesOf(props) },
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

function changesOf({ name }: Deployment) {
  const ours = `${name}-`;
  const functionName = [{ prefix: ours }, { wildcard: `*:function:${ours}*` }];
  return [
    {
      eventName: CODE_CHANGES,
      // CloudFormation's own word; a caller's user agent can be set to anything.
      sourceIPAddress: [{ "anything-but": ["cloudformation.amazonaws.com"] }],
      requestParameters: { functionName },
    },
    { eventName: NEW_WAYS_IN, requestParameters: { functionName } },
    {
      eventName: ROLE_USES,
      requestParameters: {
        role: [{ wildcard: `*:role/${ours}*` }],
        functionName: [{ "anything-but": { prefix: ours } }],
      },
    },
    { eventName: ROLE_CHANGES, requestParameters: { roleName: [{ prefix: ours }] } },
    {
      eventName: STACK_CHANGES,
      requestParameters: { stackName: [Aws.STACK_NAME, Aws.STACK_ID] },
    },
  ];
}
