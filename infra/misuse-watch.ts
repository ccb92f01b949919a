import { Aws } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { descriptionOf } from "./alarms.ts";
import type { Deployment } from "./deployment.ts";
import { rolesThatMay } from "./roles.ts";

type WatchProps = Deployment & { readonly topic: ITopic };

/** A rule of EventBridge that mails what was done, and by whom. */
function watchRule(
  scope: Construct,
  id: string,
  {
    name,
    stage,
    topic,
    says: what,
    ...rule
  }: WatchProps & { description: string; says: string; state: string; eventPattern: object },
): CfnRule {
  const says = descriptionOf({ name, stage }, { says: what, runbook: "key-misuse" });
  return new CfnRule(scope, id, {
    description: rule.description,
    state: rule.state,
    eventPattern: rule.eventPattern,
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

const USES = ["GenerateMac", "VerifyMac", "Sign", "CreateGrant"] as const;
const CHANGES = [
  "PutKeyPolicy",
  "DisableKey",
  "ScheduleKeyDeletion",
  "CancelKeyDeletion",
  "EnableKey",
  "RevokeGrant",
] as const;

/**
 * Reports every change of a key, and every use of one, attempted or done, by any principal except the functions. Reads CloudTrail, so the account
 * needs a trail. Uses of keys are read events there, which EventBridge passes on only in this state of the rule.
 */
export function watchKeys(
  scope: Construct,
  id: string,
  props: WatchProps & { readonly keyArns: readonly string[] },
): CfnRule {
  const { name, keyArns } = props;
  const users = (["numbersKey", "codesKey", "proofKeys"] as const).flatMap((on) =>
    rolesThatMay(scope, name, { on, actions: ["kms:GenerateMac", "kms:Sign"] }),
  );
  return watchRule(scope, id, {
    ...props,
    says: "A key was used or changed by somebody else.",
    description: "Latchkey: use or change of a key by others",
    state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    eventPattern: {
      source: ["aws.kms"],
      detail: {
        eventSource: ["kms.amazonaws.com"],
        resources: { ARN: keyArns },
        $or: [
          { eventName: [...CHANGES] },
          {
            eventName: [...USES],
            userIdentity: {
              sessionContext: {
                sessionIssuer: { arn: [{ "anything-but": [...new Set(users)] }] },
              },
            },
          },
          {
            eventName: [...USES],
            userIdentity: { sessionContext: { sessionIssuer: { arn: [{ exists: false }] } } },
          },
        ],
      },
    },
  });
}

/** CloudTrail appends the version of Lambda's API to the names of events, so they are compared by prefix. */
const prefixes = (names: readonly string[]) => names.map((prefix) => ({ prefix }));

/** Changes that belong to a deployment, which is reported as a whole; by other principals they are reported singly. */
const CODE_CHANGES = prefixes(["UpdateFunctionCode", "UpdateFunctionConfiguration"]);
/** Ways to run a function that no deployment needs after its first, so they are reported for every principal. */
const NEW_WAYS_IN = prefixes([
  "AddPermission",
  "CreateFunctionUrlConfig",
  "UpdateFunctionUrlConfig",
  "CreateEventSourceMapping",
]);
/** Other functions that receive one of our roles. */
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
 * Reports every change, attempted or done, of our functions, roles and stack, and of every other function that receives one of our roles: the
 * controller of a function uses its keys without another alarm. Each deployment is one mail. Reads CloudTrail, so the account needs a trail. IAM
 * publishes its events in us-east-1 only: a stack in another region receives those of roles only if a rule there forwards them.
 */
export function watchCode(scope: Construct, id: string, props: WatchProps): CfnRule {
  return watchRule(scope, id, {
    ...props,
    says: "A function, a role or the stack was changed.",
    description: "Latchkey: change of a function, a role or the stack",
    state: "ENABLED",
    eventPattern: {
      source: ["aws.lambda", "aws.iam", "aws.cloudformation"],
      detail: { $or: changesOf(props) },
    },
  });
}

function changesOf({ name }: Deployment) {
  const ours = `${name}-`;
  const functionName = [{ prefix: ours }, { wildcard: `*:function:${ours}*` }];
  return [
    {
      eventName: CODE_CHANGES,
      // Set by CloudFormation itself; a caller can set its user agent to anything.
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
