import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { FUNCTIONS, type ResourceName } from "../../infra/functions.ts";
import { LONGEST_DEPLOYMENT_NAME } from "../../infra/roles.ts";
import { STAGES } from "../../infra/stages.ts";
import { resourceIn, templateOf, textIn } from "./stack.ts";

const prod = templateOf("prod");

type Statement = {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

function policyOf(id: string): ReadonlyMap<string, Statement> {
  const { resource } = resourceIn(prod, "AWS::KMS::Key", id);
  const statements: readonly Statement[] = resource["Properties"].KeyPolicy.Statement;
  return new Map(statements.map((statement) => [statement.Sid, statement] as const));
}

/** Roles, by the names of their functions. */
const rolesIn = (condition: unknown) =>
  [
    ...JSON.stringify(condition).matchAll(
      /:role\/latchkey-prod-",\{"Ref":"AWS::Region"\},"-([a-z-]+)"/g,
    ),
  ].map(([, name]) => name);

const usersOf = (on: ResourceName) =>
  FUNCTION_NAMES.filter((name) =>
    FUNCTIONS[name].grants.some(
      (grant) => grant.on === on && grant.actions.some((action) => /GenerateMac|Sign/.test(action)),
    ),
  );
/** The grants of the roles themselves are listed in functions.test.ts. */
const USERS = {
  KeysNumbers: usersOf("numbersKey"),
  KeysCodes: usersOf("codesKey"),
  KeysProofs: usersOf("proofKeys"),
} as const;
const USES = {
  KeysNumbers: ["kms:GenerateMac", "kms:VerifyMac"],
  KeysCodes: ["kms:GenerateMac", "kms:VerifyMac"],
  KeysProofs: ["kms:Sign"],
} as const;

describe.each(["KeysNumbers", "KeysCodes", "KeysProofs"] as const)("the policy of %s", (id) => {
  const policy = policyOf(id);

  it("lets the roles of its functions use it, and denies use and grants to all others", () => {
    expect([...policy.keys()]).toEqual(["Administer", "UseByFunctions", "UseByNobodyElse"]);
    const allowed = policy.get("UseByFunctions");
    const denied = policy.get("UseByNobodyElse");
    expect([allowed?.Action].flat()).toEqual(USES[id]);
    expect([denied?.Action].flat().toSorted()).toEqual(["kms:CreateGrant", ...USES[id]]);
    expect(denied).toMatchObject({ Effect: "Deny", Principal: { AWS: "*" } });
    expect(Object.keys(denied?.Condition ?? {})).toEqual(["ArnNotEquals"]);
    expect(rolesIn(denied?.Condition)).toEqual(USERS[id]);
    expect(Object.keys(allowed?.Condition ?? {})).toEqual(["ArnEquals"]);
    expect(rolesIn(allowed?.Condition)).toEqual(USERS[id]);
  });

  it("waits for no role: keys are made before the roles that use them", () => {
    const { resource } = resourceIn(prod, "AWS::KMS::Key", id);
    const references = JSON.stringify(resource).match(/"(?:Ref|Fn::GetAtt)":\[?"([\w:]+)"/g) ?? [];
    expect(references.filter((reference) => !reference.includes("AWS::"))).toEqual([]);
    expect(resource["DependsOn"]).toBeUndefined();
  });
});

it.each(USERS.KeysNumbers)("a role of %s has the name that the keys know it by", (name) => {
  const id = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const { RoleName } = resourceIn(prod, "AWS::IAM::Role", `${id}Role`).resource["Properties"];
  expect(RoleName).toEqual({
    "Fn::Join": ["", ["latchkey-prod-", { Ref: "AWS::Region" }, `-${name}`]],
  });
});

const CERTIFICATE = "arn:aws:acm:eu-west-2:123456789012:certificate/x";
const RULES = [
  "KeyMisuse",
  "SecretMisuse",
  "CodeMisuse",
  "OtherMisuse",
  "LogMisuse",
  "WayMisuse",
] as const;

/** A value of the template in an account, in a region with a long name. */
function inAnAccount(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner) => {
    const [name = "", argument] = Object.entries(Object(inner))[0] ?? [];
    return INTRINSICS[name]?.(Object(argument)) ?? inner;
  });
}
const INTRINSICS: Readonly<Record<string, (argument: ReturnType<typeof Object>) => unknown>> = {
  Ref: (name) => PSEUDO[name] ?? physical(name),
  "Fn::GetAtt": ([name]) => physical(name),
  "Fn::Join": ([separator, parts]) => parts.join(separator),
  "Fn::Split": ([separator, text]) => text.split(separator),
  "Fn::Select": ([index, parts]) => parts[index],
};
const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::Region": "ap-southeast-1",
  "AWS::AccountId": "123456789012",
  "AWS::StackName": "latchkey-prod",
};
const physical = (id: string) =>
  `arn:aws:any:ap-southeast-1:123456789012:type:${id}-abcdefghijkl-AbCdEf`;
const NAMES = {
  key: physical(resourceIn(prod, "AWS::KMS::Key", "KeysCodes").id),
  secret: physical(resourceIn(prod, "AWS::SecretsManager::Secret", "TwilioCredentials").id),
  table: physical(resourceIn(prod, "AWS::DynamoDB::GlobalTable", "Table").id),
  api: physical(resourceIn(prod, "AWS::ApiGateway::RestApi", "GatewayApi").id),
  stage: physical(resourceIn(prod, "AWS::ApiGateway::Stage", "GatewayApiDeploymentStageprod").id),
  acl: physical(resourceIn(prod, "AWS::WAFv2::WebACL", "FirewallAcl").id),
  topic: physical(resourceIn(prod, "AWS::SNS::Topic", "WatchAlertsTopic").id),
};

function patternOf(template: Template, rule: string): unknown {
  const { resource } = resourceIn(template, "AWS::Events::Rule", `Watch${rule}`);
  return inAnAccount(resource["Properties"].EventPattern);
}

/** As EventBridge matches, as far as these patterns go. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern))
    return [value].flat().some((one) => pattern.some((rule) => meets(rule, one)));
  if (Array.isArray(value)) return value.some((one) => matches(pattern, one));
  return Object.entries(Object(pattern)).every(([key, inner]) =>
    key === "$or"
      ? [inner].flat().some((each) => matches(each, value))
      : matches(inner, Object(value)[key]),
  );
}

function meets(rule: unknown, value: unknown): boolean {
  if (typeof rule !== "object") return rule === value;
  const { exists, prefix, wildcard = "", "anything-but": others } = Object(rule);
  if (exists !== undefined) return exists === (value !== undefined);
  if (typeof value !== "string") return false;
  if (others !== undefined) return ![others].flat().some((other) => meets(other, value));
  if (prefix !== undefined) return value.startsWith(prefix);
  const parts = String(wildcard).split("*");
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.+]/g, ".")).join(".*")}$`).test(
    value,
  );
}

describe("the watch over keys, secrets, code and what lies around them", () => {
  const patterns = RULES.map((rule) => [rule, patternOf(prod, rule)] as const);
  const roleOf = (name: string) =>
    `arn:aws:iam::123456789012:role/latchkey-prod-ap-southeast-1-${name}`;
  const by = (arn?: string) => ({ sessionContext: { sessionIssuer: { arn } } });

  /** The rules that report what an administrator does, or what `changes` says of it. */
  function reporters(service: string, eventName: string, changes: object): readonly string[] {
    const detail = {
      eventSource: `${service}.amazonaws.com`,
      eventName,
      readOnly: false,
      managementEvent: true,
      sourceIPAddress: "192.0.2.1",
      userIdentity: by("arn:aws:iam::123456789012:role/admin"),
      ...changes,
    };
    const event = { source: `aws.${service}`, detail };
    return patterns.filter(([, pattern]) => matches(pattern, event)).map(([rule]) => rule);
  }
  const given = (requestParameters: object) => ({ requestParameters });
  const inStack = (change: object) => ({
    ...change,
    sourceIPAddress: "cloudformation.amazonaws.com",
  });
  const ofKey = { resources: [{ ARN: NAMES.key }] };
  const use = { readOnly: true, ...ofKey };
  const ofSecret = given({ secretId: NAMES.secret });
  const read = { readOnly: true, ...ofSecret };
  const name = NAMES.secret.slice(NAMES.secret.lastIndexOf(":") + 1, -7);
  const functionName = "latchkey-prod-check-code";
  const ours = given({ functionName });
  const byArn = given({ functionName: `arn:aws:lambda:x:1:function:${functionName}` });
  const withRole = given({ functionName: "another", role: roleOf("check-code") });
  const ofRole = given({ roleName: "latchkey-prod-ap-southeast-1-check-code" });
  const ofApi = given({ restApiId: NAMES.api });
  const apiStage = `arn:aws:apigateway:ap-southeast-1::/restapis/${NAMES.api}/stages/${NAMES.stage}`;
  const ofLog = given({ logGroupName: "latchkey-prod-CheckCodeLog-x" });
  const logArn = "arn:aws:logs:x:1:log-group:latchkey-prod-CheckCodeLog-x";
  const backup = `arn:aws:dynamodb:x:1:table/${NAMES.table}/backup/1`;
  const refactored = [{ stackName: "mine" }, { stackName: "latchkey-prod" }];
  const ofAclLog = { loggingConfiguration: { resourceArn: NAMES.acl } };
  const byRole = (name: string) => ({ userIdentity: by(roleOf(name)) });

  it.each([
    ["kms PutKeyPolicy,CreateGrant,ScheduleKeyDeletion", inStack(ofKey), "KeyMisuse"],
    ["kms GenerateMac,VerifyMac,Sign", use, "KeyMisuse"],
    ["kms Sign", { ...use, userIdentity: { arn: "arn:aws:iam::1:user/x" } }, "KeyMisuse"],
    ["kms Sign", { ...use, ...byRole("check-code") }, ""],
    ["secretsmanager GetSecretValue", read, "SecretMisuse"],
    ["secretsmanager GetSecretValue", { ...read, ...given({ secretId: name }) }, "SecretMisuse"],
    ["secretsmanager GetSecretValue", { ...read, ...byRole("start-verification") }, ""],
    ["secretsmanager DescribeSecret", read, ""],
    ["secretsmanager PutSecretValue,PutResourcePolicy", ofSecret, "SecretMisuse"],
    ["lambda UpdateFunctionCode2,UpdateFunctionConfiguration2", ours, "CodeMisuse"],
    ["lambda UpdateFunctionCode2,UpdateFunctionConfiguration2", inStack(ours), ""],
    ["lambda PutFunctionConcurrency2,UpdateAlias2,PutRuntimeManagementConfig", ours, "CodeMisuse"],
    ["lambda AddPermission2,CreateEventSourceMapping2", inStack(byArn), "CodeMisuse"],
    ["lambda CreateFunctionUrlConfig,PutFunctionEventInvokeConfig", inStack(ours), "CodeMisuse"],
    ["lambda CreateFunction2,UpdateFunctionConfiguration2", inStack(withRole), "CodeMisuse"],
    ["lambda Invoke", { ...ours, managementEvent: false }, ""],
    ["lambda UpdateFunctionCode2", given({ functionName: "latchkey-dev-check-code" }), ""],
    ["iam UpdateAssumeRolePolicy,PutRolePolicy", inStack(ofRole), "CodeMisuse"],
    ["cloudformation ExecuteChangeSet", given({ stackName: "latchkey-prod" }), "CodeMisuse"],
    ["apigateway PutIntegration,UpdateAuthorizer", ofApi, "OtherMisuse"],
    ["apigateway PutIntegration", inStack(ofApi), ""],
    ["apigateway CreateDeployment,UpdateStage", inStack(ofApi), "CodeMisuse"],
    ["wafv2 DisassociateWebACL", given({ resourceArn: apiStage }), "OtherMisuse,WayMisuse"],
    ["wafv2 AssociateWebACL", inStack(given({ resourceArn: apiStage })), "WayMisuse"],
    ["dynamodb RestoreTableFromBackup", given({ backupArn: backup }), "WayMisuse"],
    ["cloudcontrolapi UpdateResource", given({ identifier: functionName }), "WayMisuse"],
    ["cloudcontrolapi DeleteResource", given({ identifier: `${NAMES.api}|a|POST` }), "WayMisuse"],
    ["cloudformation CreateStackRefactor", given({ stackDefinitions: refactored }), "WayMisuse"],
    ["cloudformation ExecuteChangeSet", given({ changeSetName: "arn:x" }), "WayMisuse"],
    ["dynamodb PutResourcePolicy", given({ resourceArn: NAMES.table }), "OtherMisuse"],
    ["dynamodb ExportTableToPointInTime", given({ tableArn: NAMES.table }), "OtherMisuse"],
    ["dynamodb UpdateTable,CreateBackup", given({ tableName: NAMES.table }), "OtherMisuse"],
    ["dynamodb PutItem", { ...given({ tableName: NAMES.table }), managementEvent: false }, ""],
    ["sns SetTopicAttributes", given({ topicArn: NAMES.topic }), "OtherMisuse"],
    ["sns Unsubscribe", given({ subscriptionArn: `${NAMES.topic}:1` }), "OtherMisuse"],
    ["monitoring DeleteAlarms", given({ alarmNames: ["latchkey-prod-x"] }), "OtherMisuse"],
    ["logs PutSubscriptionFilter", ofLog, "LogMisuse,WayMisuse"],
    ["logs PutSubscriptionFilter", inStack(ofLog), "WayMisuse"],
    ["logs DeleteSubscriptionFilter,DeleteLogGroup,DeleteMetricFilter", ofLog, "LogMisuse"],
    ["logs PutRetentionPolicy,CreateExportTask", ofLog, "LogMisuse"],
    ["logs PutRetentionPolicy", inStack(ofLog), ""],
    ["logs CreateScheduledQuery", given({ logGroupIdentifiers: [logArn] }), "LogMisuse"],
    ["logs PutResourcePolicy", given({ resourceArn: logArn }), "WayMisuse"],
    ["logs CreateLogStream", ofLog, ""],
    ["logs DeleteLogGroup", given({ logGroupName: "aws-waf-logs-latchkey-prod-1" }), "LogMisuse"],
    ["logs PutDataProtectionPolicy", given({ logGroupIdentifier: logArn }), "LogMisuse"],
    ["logs AssociateKmsKey", given({ resourceIdentifier: logArn }), "LogMisuse"],
    ["logs PutSubscriptionFilter", given({ logGroupName: "latchkey-dev-Log" }), ""],
    ["logs PutAccountPolicy,DeleteAccountPolicy", inStack(given({})), "WayMisuse"],
    ["cloudtrail StopLogging,PutEventSelectors", inStack(given({})), "WayMisuse"],
    ["wafv2 UpdateWebACL", given({ id: NAMES.acl }), "LogMisuse"],
    ["wafv2 PutLoggingConfiguration", given(ofAclLog), "LogMisuse"],
    ["events DisableRule", given({ name: "latchkey-prod-x" }), "CodeMisuse,OtherMisuse"],
    ["events RemoveTargets", given({ rule: "latchkey-prod-x" }), "CodeMisuse,OtherMisuse"],
  ] as const)("%s of %j is reported by %j", (events, changes, rules) => {
    const [service = "", names = ""] = events.split(" ");
    for (const name of names.split(","))
      expect([name, reporters(service, name, changes).join()]).toEqual([name, rules]);
  });

  it.each(RULES)("%s sends it to the topic, reads too, and its pattern fits", (rule) => {
    const { Name, State, Targets } = resourceIn(prod, "AWS::Events::Rule", `Watch${rule}`).resource[
      "Properties"
    ];
    expect([Name, State]).toEqual([
      `latchkey-prod-${rule}`,
      "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    ]);
    expect(Targets[0].Arn).toEqual({
      Ref: resourceIn(prod, "AWS::SNS::Topic", "WatchAlertsTopic").id,
    });
    expect(textIn(prod, Targets[0].InputTransformer.InputTemplate)).toContain(
      "What to do: runbook key-misuse at https://console.aws.amazon.com/",
    );
    // EventBridge takes 2,048 characters; of a name of ours 28, and while proof keys change there are two.
    const domain = { name: "verify.company.example", certificateArn: CERTIFICATE };
    const rotating = templateOf("prod", { ...STAGES.prod, proofKeys: [1, 2], domain });
    if (rule === "WayMisuse")
      expect(JSON.stringify(patternOf(rotating, rule))).toContain(
        `"domainName":["${domain.name}"]`,
      );
    const longest = JSON.stringify(patternOf(rotating, rule)).replaceAll(
      "latchkey-prod",
      "x".repeat(LONGEST_DEPLOYMENT_NAME),
    );
    expect(longest.length).toBeLessThan(2_048);
  });
});
