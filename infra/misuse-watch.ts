import { Aws, Fn } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { descriptionOf } from "./alarms.ts";
import { type Deployment, functionName } from "./deployment.ts";
import type { ResourceName } from "./functions.ts";
import { rolesThatMay } from "./roles.ts";

export type Misused = Deployment & {
  readonly topic: ITopic;
  readonly keyArns: readonly string[];
  readonly secretArns: readonly string[];
  readonly tableName: string;
  readonly apiId: string;
  readonly apiStageArn: string;
  /** The own firewall, if there is one. */
  readonly acl: CfnWebACL | undefined;
};

/**
 * Rules of EventBridge that mail what others than the functions do with keys and secrets, and every change that no deployment makes, attempted or
 * done, by whom. They read CloudTrail, so the account needs a trail. IAM publishes its events in us-east-1 only: a stack in another region
 * receives those of roles only if a rule there forwards them. A rule cannot report that it is off, so two rules watch all of them.
 */
export function watchMisuse(scope: Construct, props: Misused): readonly CfnRule[] {
  const rule = (id: string, summary: string, eventPattern: object) =>
    watchRule(scope, id, { ...props, summary, eventPattern });
  return [
    rule("KeyMisuse", "A key was used or changed by another principal.", usesOfKeys(scope, props)),
    rule("SecretMisuse", "A secret was read or changed by another principal.", {
      source: ["aws.secretsmanager"],
      detail: usesOfSecrets(scope, props),
    }),
    rule("CodeMisuse", "A function, a role or the stack was changed.", {
      source: ["lambda", "iam", "cloudformation", "apigateway", "events"].map((of) => `aws.${of}`),
      detail: { $or: changesOfCode(props) },
    }),
    rule("OtherMisuse", "The table, the API, its firewall or the watch was changed by hand.", {
      detail: otherChanges(props),
    }),
    rule("LogMisuse", "A log or the firewall was changed by hand.", {
      detail: changesAround(props),
    }),
    rule("WayMisuse", "Data, the domain or a trail was led elsewhere, by hand or by a stack.", {
      detail: { $or: newWaysOut(props) },
    }),
  ];
}

function watchRule(
  scope: Construct,
  id: string,
  { name, topic, summary, ...rule }: Misused & { summary: string; eventPattern: object },
): CfnRule {
  const text = descriptionOf({ ...rule, name }, { summary, runbook: "key-misuse" });
  return new CfnRule(scope, id, {
    // Known beforehand, so that each rule may watch the others.
    name: `${name}-${id}`,
    description: `Latchkey: ${summary}`,
    // The only state that passes on events that read, such as the use of a key.
    state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    eventPattern: rule.eventPattern,
    targets: [
      {
        id: "Alerts",
        arn: topic.topicArn,
        inputTransformer: {
          inputPathsMap: { what: "$.detail.eventName", who: "$.detail.userIdentity.arn" },
          inputTemplate: `"${text} (<what> by <who>)"`,
        },
      },
    ],
  });
}

/** Every change, and these uses by any principal but the functions that may: by another role, or by a user. */
function changesAndUses(
  scope: Construct,
  { name }: Misused,
  on: readonly ResourceName[],
  { uses, actions }: { readonly uses: readonly string[]; readonly actions: readonly string[] },
) {
  const users = on.flatMap((resource) => rolesThatMay(scope, name, { on: resource, actions }));
  const issuers = [[{ "anything-but": [...new Set(users)] }], [{ exists: false }]];
  const byOthers = issuers.map((arn) => ({
    eventName: uses,
    userIdentity: { sessionContext: { sessionIssuer: { arn } } },
  }));
  return [{ readOnly: [false] }, ...byOthers];
}

function usesOfKeys(scope: Construct, props: Misused) {
  const keys = ["numbersKey", "codesKey", "proofKeys"] as const;
  const uses = ["GenerateMac", "VerifyMac", "Sign"];
  const actions = ["kms:GenerateMac", "kms:Sign"];
  return {
    source: ["aws.kms"],
    detail: {
      resources: { ARN: props.keyArns },
      $or: changesAndUses(scope, props, keys, { uses, actions }),
    },
  };
}

/** With Twilio's credentials, messages and the codes in them can be read. */
function usesOfSecrets(scope: Construct, props: Misused) {
  const secrets = ["twilioSecret", "twilioAuthSecret", "challengeSecret"] as const;
  const uses = ["GetSecretValue"];
  const actions = ["secretsmanager:GetSecretValue"];
  // A caller may name a secret in place of its ARN, which ends in seven characters more than the name: `id-random`.
  const secretId = props.secretArns.map((arn) => {
    const parts = Fn.split("-", Fn.select(6, Fn.split(":", arn)));
    return { wildcard: `*${Fn.select(0, parts)}-${Fn.select(1, parts)}*` };
  });
  return {
    requestParameters: { secretId },
    $or: changesAndUses(scope, props, secrets, { uses, actions }),
  };
}

/**
 * Changes that belong to a deployment, which is reported as a whole; by other principals they are reported singly. CloudFormation itself sets the
 * address; a caller can set its user agent to anything.
 */
const CHANGED_BY_HAND = {
  readOnly: [false],
  managementEvent: [true],
  sourceIPAddress: [{ "anything-but": ["cloudformation.amazonaws.com"] }],
};

/** CloudTrail appends the version of Lambda's API to the names of events, so they are compared by prefix. */
const prefixes = (names: readonly string[]) => names.map((prefix) => ({ prefix }));

/** New ways to invoke a function, which no later deployment needs: reported for every principal. */
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
const OUR_STACK = { stackName: [Aws.STACK_NAME, Aws.STACK_ID] };
const STACK_CHANGES = [
  "UpdateStack",
  "ExecuteChangeSet",
  "RollbackStack",
  "DeleteStack",
  "UpdateTerminationProtection",
];

/** The controller of a function uses its keys without another alarm. Each deployment is one mail, and two more where routes change. */
function changesOfCode({ name, apiId }: Misused) {
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
    { eventName: ["CreateDeployment", "UpdateStage"], requestParameters: { restApiId: [apiId] } },
    ...namesOfRules(name).map((requestParameters) => ({
      ...CHANGED_BY_HAND,
      eventSource: ["events.amazonaws.com"],
      requestParameters,
    })),
    { eventName: STACK_CHANGES, requestParameters: OUR_STACK },
  ];
}

/** By its name and, where its targets change, as their rule. */
function namesOfRules(name: string) {
  return ["name", "rule"].map((parameter) => ({ [parameter]: [{ prefix: `${name}-` }] }));
}

/** A writer to the table can lift limits, and a route to another function gives it codes. Without alarms and firewall neither is reported. */
function otherChanges({ name, tableName, apiId, apiStageArn, topic }: Misused) {
  const ofTable = ["tableName", "tableArn", "resourceArn", "sourceTableName", "sourceTableArn"];
  const parameters = [
    ...ofTable.map((parameter) => ({ [parameter]: [{ wildcard: `*${tableName}` }] })),
    { restApiId: [apiId] },
    { resourceArn: [apiStageArn] },
    { topicArn: [topic.topicArn] },
    { subscriptionArn: [{ prefix: topic.topicArn }] },
    { alarmName: [{ prefix: `${name}-` }] },
    { alarmNames: [{ prefix: `${name}-` }] },
    ...namesOfRules(name),
  ];
  return {
    ...CHANGED_BY_HAND,
    $or: parameters.map((requestParameters) => ({ requestParameters })),
  };
}

/** Each new container opens a stream of its log. */
const NO_STREAM = [{ "anything-but": ["CreateLogStream"] }];

/** What changes the logs of a whole account, and whether the rules receive anything at all. */
const OF_THE_ACCOUNT = [
  { eventSource: ["logs.amazonaws.com"], eventName: ["PutAccountPolicy", "DeleteAccountPolicy"] },
  {
    eventSource: ["cloudtrail.amazonaws.com"],
    eventName: ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
  },
];

function logsOf({ name }: Misused) {
  return [`*${Aws.STACK_NAME}-*`, `*aws-waf-logs-${name}-*`].map((wildcard) => ({ wildcard }));
}

/** A filter copies a log to others, and a missing one hides an attack. */
function changesAround(props: Misused) {
  const { acl } = props;
  const ofLogs = logsOf(props);
  const logs = ["logGroupName", "logGroupIdentifier", "logGroupIdentifiers", "resourceIdentifier"];
  const resourceArn = [acl?.attrArn];
  const parameters = [
    ...logs.map((parameter) => ({ [parameter]: ofLogs })),
    ...(acl
      ? [{ id: [acl.attrId] }, { resourceArn }, { loggingConfiguration: { resourceArn } }]
      : []),
  ];
  const ours = parameters.map((requestParameters) => ({ eventName: NO_STREAM, requestParameters }));
  return { ...CHANGED_BY_HAND, $or: ours };
}

/**
 * What no deployment after the first does, so it is reported for every principal: CloudFormation also acts for other stacks, and for Cloud
 * Control, which changes a resource of any stack. A change set can be executed by its ARN, which names no stack.
 */
function newWaysOut(props: Misused) {
  const { name, stage, tableName, apiId, apiStageArn } = props;
  const publisher = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName(name, "publish-events")}`;
  const destinationArn = stage.events === true ? [{ "anything-but": publisher }] : undefined;
  const identifier = [...logsOf(props), { wildcard: `*${name}-*` }, { wildcard: `*${apiId}*` }];
  const changed = [
    { backupArn: [{ wildcard: `*/${tableName}/backup/*` }] },
    { resourceArn: [{ wildcard: `*:log-group:${Aws.STACK_NAME}-*` }] },
    { identifier },
    { stackDefinitions: OUR_STACK },
    // It leads to whichever API it is mapped to.
    ...(stage.domain ? [{ domainName: [stage.domain.name] }] : []),
  ];
  const named = [
    [["PutSubscriptionFilter"], { logGroupName: logsOf(props), destinationArn }],
    [["AssociateWebACL", "DisassociateWebACL"], { resourceArn: [apiStageArn] }],
    [["ExecuteChangeSet"], { stackName: [{ exists: false }] }],
  ] as const;
  return [
    ...changed.map((requestParameters) => ({ readOnly: [false], requestParameters })),
    ...named.map(([eventName, requestParameters]) => ({ eventName, requestParameters })),
    ...OF_THE_ACCOUNT,
  ];
}
