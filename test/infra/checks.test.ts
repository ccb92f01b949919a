import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { App, CfnResource, type Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { acknowledge, acknowledgements } from "../../infra/acknowledgements.ts";
import { STAGES, type Stage, type StageName } from "../../infra/stages.ts";
import { findingsIn } from "./findings.ts";
import { stackOf } from "./stack.ts";

const STAGE_NAMES: readonly StageName[] = ["dev", "staging", "prod"];
const DOMAIN = {
  name: "verify.acme.test",
  certificateArn: "arn:aws:acm:eu-west-2:000000000000:certificate/1",
};

function appOf(stack: Stack): App {
  const { root } = stack.node;
  if (!(root instanceof App)) throw new Error("a stack without an app");
  return root;
}

const resourcesIn = (stack: Stack, type: string) =>
  stack.node
    .findAll()
    .filter((construct) => construct instanceof CfnResource)
    .filter(({ cfnResourceType }) => cfnResourceType === type);

it("a synthesis warns of the example values that are left, and of nothing else", () => {
  const warnings = (stageName: StageName) =>
    stackOf(stageName)
      .node.findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === "aws:cdk:warning")
      .map(({ data }) => String(data));
  expect(warnings("prod")).toEqual([expect.stringContaining("values: brand, allowedOrigins, pro")]);
  expect(warnings("dev")).toEqual([]);
});

describe.each(STAGE_NAMES)("the stack of %s", (stageName) => {
  const stage: Stage = STAGES[stageName];

  it("passes every check offline, and fits into CloudFormation", () => {
    const stack = stackOf(stageName);
    acknowledge(stack, acknowledgements(stage));
    expect(findingsIn(appOf(stack))).toEqual([]);
    const template = join(appOf(stack).outdir, `latchkey-${stageName}.template.json`);
    // Limits: 500 resources, a million bytes.
    expect(statSync(template).size).toBeLessThan(440_000);
    expect(Object.keys(JSON.parse(readFileSync(template, "utf8")).Resources).length).toBeLessThan(
      270,
    );
  });

  // AWS's validator has just found nothing. If that was acknowledged, it is missing here.
  it("has an acknowledgement for everything that is found without, and for nothing else", () => {
    const onlyNag = (app: App) => Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const found = findingsIn(appOf(stackOf(stageName)), onlyNag).map(({ ruleName }) => ruleName);
    const acknowledged = acknowledgements(stage).map(({ finding }) => finding);
    expect([...new Set(found)].toSorted()).toEqual(acknowledged.toSorted());
  });
});

it("a production stage that asks for everything passes every check offline too", () => {
  const stage: Stage = {
    ...STAGES.prod,
    domain: DOMAIN,
    events: true,
    proofKeys: [1, 2],
    firewall: { requestsPerAddress: 500, tokenRequired: true },
    slack: { workspaceId: "T0123ABCD", channelId: "C0456EFGH" },
    reservedConcurrency: { "start-verification": 50, "check-code": 50 },
    clientAddressHeader: { name: "cf-connecting-ip", because: "Nobody comes past it." },
  };
  const stack = stackOf("prod", stage);
  acknowledge(stack, acknowledgements(stage));
  expect(findingsIn(appOf(stack))).toEqual([]);
});

const anyone = (Action: string, Resource = "*") => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action, Resource }],
});
/** Beside a trace, which alone has no resource. */
const ALL_OF_A_TABLE = {
  Statement: [
    ...anyone("dynamodb:*", "arn:aws:dynamodb:eu-west-2:111111111111:table/a").Statement,
    ...anyone("xray:PutTraceSegments").Statement,
  ],
};

const grants = (PolicyDocument: unknown) => [{ PolicyName: "grants", PolicyDocument }];
const LAMBDA = "AWS::Lambda::Function";
const STAGE = "AWS::ApiGateway::Stage";
const KEY = "AWS::KMS::Key";
const FIREWALL = "firewall_stands_and_logs_no_path";
const DENIED = "keys_are_denied_to_others";
const TELLING = "gateway_logs_and_throttles";
const INVOKED = "functions_are_reached_by_the_gateway_alone";
const SECRETS = "secrets_are_not_in_the_template";
const VARIABLES = "Environment.Variables";
const SAMPLES = "VisibilityConfig.SampledRequestsEnabled";
const ECHO = { "application/json": "$input.body" };
const JOINED_ECHO = { "application/json": { "Fn::Join": ["", ["said: ", "$input.body"]] } };

type BreakRow = readonly [rule: string, type: string, path: string, value: unknown];

/** Each break, made on a copy of its own beside a whole one, and the rule that finds it. */
const BREAKS: readonly BreakRow[] = [
  ["api_insists_on_modern_tls", "AWS::ApiGateway::RestApi", "SecurityPolicy", "TLS_1_0"],
  [TELLING, STAGE, "AccessLogSetting.DestinationArn", undefined],
  ["functions_run_on_a_chosen_base", LAMBDA, "Timeout", 60],
  ["functions_run_on_a_chosen_base", LAMBDA, "LoggingConfig.LogGroup", undefined],
  ["logs_end", "AWS::Logs::LogGroup", "RetentionInDays", undefined],
  ["table_forgets", "AWS::DynamoDB::GlobalTable", "TimeToLiveSpecification.Enabled", false],
  [DENIED, KEY, "KeyPolicy", anyone("kms:GenerateMac")],
  ["alerts_are_encrypted", "AWS::SNS::Topic", "KmsMasterKeyId", undefined],
  ["alarms_lead_to_a_runbook", "AWS::CloudWatch::Alarm", "AlarmDescription", "Help!"],
  ["roles_name_their_actions", "AWS::IAM::Role", "Policies", grants(ALL_OF_A_TABLE)],
  ["F3002", "AWS::SQS::Queue", "Colour", "red"],
  ["gateway_repeats_nothing", "AWS::ApiGateway::GatewayResponse", "ResponseTemplates", ECHO],
  ["bodies_are_validated", "AWS::ApiGateway::RequestValidator", "ValidateRequestBody", false],
  ["bodies_are_validated", "AWS::ApiGateway::Method", "RequestValidatorId", undefined],
  [SECRETS, "AWS::SecretsManager::Secret", "SecretString", "{}"],
  ["keys_are_watched", "AWS::Events::Rule", "State", "DISABLED"],
  ["api_insists_on_modern_tls", "AWS::ApiGateway::RestApi", "EndpointAccessMode", "BASIC"],
  ["domain_insists_on_modern_tls", "AWS::ApiGateway::DomainName", "SecurityPolicy", "TLS_1_2"],
  ["domain_insists_on_modern_tls", "AWS::ApiGateway::DomainName", "EndpointAccessMode", "BASIC"],
  [TELLING, STAGE, "MethodSettings.0.DataTraceEnabled", true],
  ["functions_run_on_a_chosen_base", "AWS::Lambda::Function", "Runtime", "nodejs22.x"],
  ["table_forgets", "AWS::DynamoDB::GlobalTable", "BillingMode", "PROVISIONED"],
  [DENIED, KEY, "KeyPolicy.Statement.2.Action", "kms:CreateGrant"],
  [DENIED, KEY, "KeyPolicy.Statement.2.Action", "kms:GenerateMac"],
  [DENIED, KEY, "KeySpec", "ECC_NIST_P256"],
  ["roles_name_their_actions", "AWS::IAM::Role", "Policies", grants(anyone("dynamodb:GetItem"))],
  [INVOKED, "AWS::Lambda::Permission", "Principal", "*"],
  [INVOKED, "AWS::Lambda::Permission", "SourceArn", undefined],
  [FIREWALL, "AWS::WAFv2::WebACL", "Rules.1.Action.Block", undefined],
  [SECRETS, LAMBDA, `${VARIABLES}.TWILIO_AUTH_TOKEN`, "x"],
  ["keys_are_watched", "AWS::Events::Rule", "Targets", undefined],
  ["alarms_lead_to_a_runbook", "AWS::CloudWatch::Alarm", "ActionsEnabled", false],
  ["alarms_lead_to_a_runbook", "AWS::CloudWatch::Alarm", "TreatMissingData", undefined],
  ["gateway_repeats_nothing", "AWS::ApiGateway::GatewayResponse", "ResponseTemplates", JOINED_ECHO],
  ["domain_insists_on_modern_tls", "AWS::ApiGateway::RestApi", "DisableExecuteApiEndpoint", false],
  [TELLING, STAGE, "MethodSettings.0.ThrottlingRateLimit", undefined],
  ["functions_run_on_a_chosen_base", LAMBDA, "Architectures", ["x86_64"]],
  ["table_forgets", "AWS::DynamoDB::GlobalTable", "TimeToLiveSpecification.AttributeName", "end"],
  [DENIED, KEY, "KeyPolicy.Statement.1.Condition", undefined],
  ["roles_name_their_actions", "AWS::IAM::Role", "Policies", grants({ Statement: [] })],
  [SECRETS, LAMBDA, `${VARIABLES}.BRAND`, `SK${"2c".repeat(16)}`],
  [INVOKED, "AWS::Lambda::Permission", "Principal", "logs.amazonaws.com"],
  [FIREWALL, "AWS::WAFv2::WebACL", SAMPLES, true],
  [TELLING, STAGE, "AccessLogSetting.Format", "$context.path"],
  [SECRETS, LAMBDA, `${VARIABLES}.TWILIO_BASE_URL`, "http://a.example"],
  [TELLING, STAGE, "MethodSettings.0.LoggingLevel", "INFO"],
  [FIREWALL, "AWS::WAFv2::WebACL", `Rules.0.${SAMPLES}`, true],
  [TELLING, STAGE, "TracingEnabled", true],
];

const NAMED = { Statement: [ALL_OF_A_TABLE.Statement[1]] };

/** Breaks that a rule finds in all resources together, with words of its sentence. Without a path, all resources of the type are gone. */
const WHOLE_BREAKS: readonly (readonly [...BreakRow, sentence: string])[] = [
  [FIREWALL, "AWS::WAFv2::LoggingConfiguration", "RedactedFields", [], "holds the id"],
  [FIREWALL, "AWS::WAFv2::WebACLAssociation", "", undefined, "must stand before the API"],
  ["keys_are_watched", "AWS::Events::Rule", "", undefined, "must be told"],
  [DENIED, KEY, "KeyPolicy.Statement.2.Condition", undefined, "denied to everybody"],
  [INVOKED, "AWS::Lambda::Url", "AuthType", "AWS_IAM", "open to the internet"],
  // The first role is that of the gateway's log.
  ["roles_name_their_actions", "AWS::IAM::Role", "Policies", grants(NAMED), "A managed policy"],
];

function breakIt(resource: CfnResource, [, , path, value]: BreakRow): void {
  if (value === undefined) resource.addPropertyDeletionOverride(path);
  else resource.addPropertyOverride(path, value);
}

/** A copy of the first resource of the type that has the property, or of the first one. */
function copyOf(stack: Stack, [, type, path]: BreakRow, id: string): CfnResource {
  const all: readonly object[] = resourcesIn(stack, type).map(
    (one) => stack.resolve(one._toCloudFormation()).Resources[stack.getLogicalId(one)].Properties,
  );
  const [name = ""] = path.split(".");
  const properties = { ...(all.find((one) => Object(one)[name] !== undefined) ?? all[0]) };
  return new CfnResource(stack, id, { type, properties });
}

function findingsAfter(change: (stack: Stack) => void) {
  const stack = stackOf("prod", { ...STAGES.prod, domain: DOMAIN });
  acknowledge(stack, acknowledgements(STAGES.prod));
  change(stack);
  return findingsIn(appOf(stack));
}

describe("a break of the template", () => {
  const found = findingsAfter((stack) => {
    for (const [index, row] of BREAKS.entries()) {
      copyOf(stack, row, `Whole${index}`);
      breakIt(copyOf(stack, row, `Broken${index}`), row);
    }
  });
  // Guard also lists, without a sentence, what the filter of a broken clause leaves out.
  const said = found.filter(({ description }) => !description.endsWith("Guard check `` failed"));
  const rulesAt = (id: string) =>
    said.filter((one) => JSON.stringify(one).includes(`"${id}"`)).map(({ ruleName }) => ruleName);

  it.each([...BREAKS.entries()])("%i is found by its rule: %j", (index, [rule]) => {
    expect(rulesAt(`Broken${index}`)).toContain(rule);
    expect(rulesAt(`Whole${index}`)).not.toContain(rule);
  });

  const foundWhole = findingsAfter((stack) => {
    for (const [rule, type, path, value] of WHOLE_BREAKS) {
      const row: BreakRow = [rule, type, path, value];
      const [first = copyOf(stack, row, "Added"), ...others] = resourcesIn(stack, type);
      if (path !== "") breakIt(first, row);
      else for (const { node } of [first, ...others]) node.scope?.node.tryRemoveChild(node.id);
    }
  });

  it.each(WHOLE_BREAKS)("is found by %s in %s: %s", (rule, _, __, ___, sentence) => {
    const sentences = foundWhole.filter(({ ruleName }) => ruleName === rule);
    expect(sentences.map(({ description }) => description).join()).toContain(sentence);
  });
});
