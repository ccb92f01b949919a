import { CfnRule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { descriptionOf } from "./alarms.ts";
import type { Deployment } from "./deployment.ts";
import { rolesThatMay } from "./roles.ts";

export type KeyWatchProps = Deployment & {
  readonly keyArns: readonly string[];
  readonly topic: ITopic;
};

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
export function watchKeys(scope: Construct, id: string, props: KeyWatchProps): CfnRule {
  const { name, stage, keyArns, topic } = props;
  const users = (["numbersKey", "codesKey", "proofKeys"] as const).flatMap((on) =>
    rolesThatMay(scope, name, { on, actions: ["kms:GenerateMac", "kms:Sign"] }),
  );
  const says = descriptionOf(
    { stage },
    { says: "A key was used or changed by somebody else.", runbook: "key-misuse" },
  );
  return new CfnRule(scope, id, {
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
