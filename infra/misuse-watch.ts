import { Aws, Fn } from "aws-cdk-lib";
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
  }: WatchProps & { description: string; says: string; eventPattern: object },
): CfnRule {
  const says = descriptionOf({ name, stage }, { says: what, runbook: "key-misuse" });
  return new CfnRule(scope, id, {
    // Known beforehand, so that each rule may watch the others.
    name: `${name}-${id}`,
    description: rule.description,
    // The only state that passes on events that read, such as the use of a key.
    state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
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

/** By any principal but these roles: by another role, or by a user. */
function byOthers(event: object, roles: readonly string[]): readonly object[] {
  const issuers = [[{ "anything-but": [...new Set(roles)] }], [{ exists: false }]];
  return issuers.map((arn) => ({
    ...event,
    userIdentity: { sessionContext: { sessionIssuer: { arn } } },
  }));
}

/** Reports every change of a key, and every use of one, attempted or done, by any principal except the functions. */
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
    eventPattern: {
      source: ["aws.kms"],
      detail: {
        resources: { ARN: keyArns },
        $or: [
          { readOnly: [false] },
          ...byOthers({ eventName: ["GenerateMac", "VerifyMac", "Sign"] }, users),
        ],
      },
    },
  });
}

/** CloudTrail appends the version of Lambda's API to the names of events, so they are compared by prefix. */
const prefixes = (names: readonly string[]) => names.map((prefix) => ({ prefix }));

/**
 * Changes that belong to a deployment, which is reported as a whole; by other principals they are reported singly. CloudFormation itself sets the
 * address; a caller can set its user agent to anything.
 */
const CHANGED_BY_HAND = {
  readOnly: [false],
  managementEvent: [true],
  sourceIPAddress: [{ "anything-but": ["cloudformation.amazonaws.com"] }],
};
/** Ways to run a function that no deployment needs after its first, so they are reported for every principal. */
const NEW_WAYS_IN = prefixes([
  "AddPermission",
  "CreateFunctionUrlConfig",
  "UpdateFunctionUrlConfig",
  "CreateEventSourceMapping",
  "PutFunctionEventInvokeConfig",
  "UpdateFunctionEventInvokeConfig",
]);
/** Other functions that receive one of our roles. */
const ROLE_USES = prefixes(["CreateFunction2", "UpdateFunctionConfiguration"]);
const STACK_CHANGES = [
  "UpdateStack",
  "ExecuteChangeSet",
  "RollbackStack",
  "DeleteStack",
  "UpdateTerminationProtection",
];

/**
 * Reports every change, attempted or done, of our functions, roles and stack, and of every other function that receives one of our roles: the
 * controller of a function uses its keys without another alarm. Each deployment is one mail. Reads CloudTrail, so the account needs a trail. IAM
 * publishes its events in us-east-1 only: a stack in another region receives those of roles only if a rule there forwards them.
 */
export function watchCode(
  scope: Construct,
  id: string,
  props: WatchProps & Pick<Surroundings, "apiId">,
): CfnRule {
  return watchRule(scope, id, {
    ...props,
    says: "A function, a role or the stack was changed.",
    description: "Latchkey: change of a function, a role or the stack",
    eventPattern: {
      source: ["lambda", "iam", "cloudformation", "apigateway", "events"].map((of) => `aws.${of}`),
      detail: { $or: changesOf(props) },
    },
  });
}

function changesOf({ name, apiId }: WatchProps & Pick<Surroundings, "apiId">) {
  const ours = `${name}-`;
  const functionName = [{ prefix: ours }, { wildcard: `*:function:${ours}*` }];
  return [
    { ...CHANGED_BY_HAND, requestParameters: { functionName } },
    { eventName: NEW_WAYS_IN, requestParameters: { functionName } },
    {
      eventName: ROLE_USES,
      requestParameters: {
        role: [{ wildcard: `*:role/${ours}*` }],
        functionName: [{ "anything-but": { prefix: ours } }],
      },
    },
    { readOnly: [false], requestParameters: { roleName: [{ prefix: ours }] } },
    {
      eventName: ["CreateDeployment", "UpdateStage"],
      requestParameters: { restApiId: [apiId] },
    },
    ...namesOfRules(name).map((requestParameters) => ({
      ...CHANGED_BY_HAND,
      eventSource: ["events.amazonaws.com"],
      requestParameters,
    })),
    {
      eventName: STACK_CHANGES,
      requestParameters: { stackName: [Aws.STACK_NAME, Aws.STACK_ID] },
    },
  ];
}

/**
 * Reports every change of a secret of Twilio or of the challenge, and every read of one by any principal except the functions: the reader of
 * Twilio's credentials reads messages, and codes in them.
 */
export function watchSecrets(
  scope: Construct,
  id: string,
  props: WatchProps & { readonly secretArns: readonly string[] },
): CfnRule {
  const readers = (["twilioSecret", "twilioAuthSecret", "challengeSecret"] as const).flatMap((on) =>
    rolesThatMay(scope, props.name, { on, actions: ["secretsmanager:GetSecretValue"] }),
  );
  // A caller may name a secret in place of its ARN, which ends in seven characters more than the name: `id-random`.
  const secretId = props.secretArns.map((arn) => {
    const parts = Fn.split("-", Fn.select(6, Fn.split(":", arn)));
    return { wildcard: `*${Fn.select(0, parts)}-${Fn.select(1, parts)}*` };
  });
  return watchRule(scope, id, {
    ...props,
    says: "A secret was read or changed by somebody else.",
    description: "Latchkey: use or change of a secret by others",
    eventPattern: {
      source: ["aws.secretsmanager"],
      detail: {
        requestParameters: { secretId },
        $or: [{ readOnly: [false] }, ...byOthers({ eventName: ["GetSecretValue"] }, readers)],
      },
    },
  });
}

/** Parts that are changed by a deployment alone, beside keys, secrets and code. */
export type Surroundings = {
  readonly tableName: string;
  readonly apiId: string;
  readonly apiStageArn: string;
};

/**
 * Reports every change by hand of the table, the API, its firewall, the alarms, their topic and the rules: a writer to the table lifts limits, and a
 * route to another function gives it codes.
 */
export function watchSurroundings(
  scope: Construct,
  id: string,
  { tableName, apiId, apiStageArn, ...props }: WatchProps & Surroundings,
): CfnRule {
  const { name, topic } = props;
  const table = [{ wildcard: `*${tableName}` }];
  const ofTable = ["tableName", "tableArn", "resourceArn", "sourceTableName", "sourceTableArn"];
  return watchRule(scope, id, {
    ...props,
    says: "The table, the API, its firewall or the watch was changed by hand.",
    description: "Latchkey: change of table, API or watch by hand",
    eventPattern: {
      detail: {
        ...CHANGED_BY_HAND,
        $or: [
          ...ofTable.map((parameter) => ({ [parameter]: table })),
          { restApiId: [apiId] },
          { resourceArn: [apiStageArn] },
          { topicArn: [topic.topicArn] },
          { subscriptionArn: [{ prefix: topic.topicArn }] },
          { alarmName: [{ prefix: `${name}-` }] },
          { alarmNames: [{ prefix: `${name}-` }] },
          ...namesOfRules(name),
        ].map((requestParameters) => ({ requestParameters })),
      },
    },
  });
}

/** By its name and, where its targets change, as their rule. A rule that is switched off no longer reports that: two rules watch each other. */
function namesOfRules(name: string) {
  return ["name", "rule"].map((parameter) => ({ [parameter]: [{ prefix: `${name}-` }] }));
}
