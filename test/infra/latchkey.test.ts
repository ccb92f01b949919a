import { type App, NestedStack, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AttributeType, Billing, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it } from "vitest";
import { byBundle } from "../../infra/by-function.ts";
import { Latchkey, type LatchkeyProps } from "../../infra/latchkey.ts";
import { STAGES } from "../../infra/stages.ts";
import { findingsIn } from "./findings.ts";
import { ANY_DIRECTORY, anApp } from "./stack.ts";

const bundles = byBundle(() => ({ directory: ANY_DIRECTORY }));
const stage = STAGES.prod;

/** Their own stack: a table, a topic with its key, a role, and a deployment beside them. */
function theirStack(app: App, id: string, props: Partial<LatchkeyProps> = {}) {
  const stack = new Stack(app, id);
  const table = new TableV2(stack, "Orders", {
    partitionKey: { name: "id", type: AttributeType.STRING },
    billing: Billing.onDemand(),
    timeToLiveAttribute: "deleteAfter",
  });
  const backEnd = new Role(stack, "BackEnd", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
  });
  const phone = new Latchkey(stack, "Phone", { stage, bundles, ...props });
  phone.acknowledgeFindings();
  return { stack, table, backEnd, phone };
}

/** Every text that a template gives to AWS as the name of something, with what kind of thing it is. */
function namesIn(stack: Stack): readonly string[] {
  const { Resources } = Template.fromStack(stack).toJSON();
  const isName = /^(Role|Function|Alarm|CompositeAlarm|Dashboard|Rule|LogGroup|Configuration)Name$/;
  return Object.values<{ Type: string; Properties?: object }>(Resources).flatMap(
    ({ Type, Properties = {} }) =>
      Object.entries(Properties)
        .filter(([key]) => isName.test(key) || (key === "Name" && Type.endsWith("RestApi")))
        .filter(([key]) => key !== "FunctionName" || Type === "AWS::Lambda::Function")
        .map(([, value]) => `${Type} ${JSON.stringify(value)}`),
  );
}

describe("two deployments in one account and region", () => {
  const stacks = ["Acme", "Acme2"].map((id) => theirStack(anApp(), id).stack);
  const app = anApp();
  const twice = theirStack(app, "Both", { outputPrefix: "First" });
  // A stack has room for 500 resources, and a deployment has some 250.
  const nested = new NestedStack(twice.stack, "Nested");
  new Latchkey(nested, "Second", { stage, bundles, outputPrefix: "Second" }).acknowledgeFindings();

  it("and one nested beside another pass all checks", () => {
    expect(findingsIn(app)).toEqual([]);
  });

  it("share no name, log group, metric or output", () => {
    const names = [...stacks, twice.stack, nested].flatMap(namesIn);
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const deployments = [...stacks, twice.stack, nested].flatMap((stack) =>
      Object.values(Template.fromStack(stack).findResources("AWS::Lambda::Function")).map(
        (resource) => String(resource["Properties"].Environment.Variables.DEPLOYMENT),
      ),
    );
    expect(new Set(deployments).size).toBe(4);
  });

  it("leave every name within what AWS takes, in the longest region", () => {
    const long = theirStack(anApp(), "AcmeCustomerIdentityPlatformProduction").stack;
    for (const name of namesIn(long)) {
      const text = name.replace('{"Ref":"AWS::Region"}', "ap-northeast-1");
      if (/IAM::Role|Lambda::Function/.test(name))
        expect(text.replace(/^\S+ |\{"Fn::Join":\["",\[|\]\]\}|[",]/g, "").length).toBeLessThan(65);
    }
  });

  it("in one stack are refused with the same outputs", () => {
    const { stack } = theirStack(anApp(), "Acme");
    expect(() => new Latchkey(stack, "Again", { stage, bundles })).toThrow(
      "Acme has outputs named Latchkey already: give each deployment in it an outputPrefix.",
    );
  });
});

describe("a deployment in the stack of a company", () => {
  const app = anApp();
  const stack = new Stack(app, "Acme");
  const key = new Key(stack, "TopicKey", { enableKeyRotation: true });
  const alarmTopic = new Topic(stack, "OnCall", { masterKey: key, enforceSSL: true });
  const webAclArn = "arn:aws:wafv2:eu-west-2:000000000000:regional/webacl/theirs/1";
  const phone = new Latchkey(stack, "Phone", {
    stage,
    bundles,
    alarmTopic,
    webAclArn,
    setsUpGatewayLogs: false,
  });
  phone.acknowledgeFindings();
  const backEnd = new Role(stack, "BackEnd", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
  });
  phone.grantStart(backEnd);
  const template = Template.fromStack(stack);

  it("passes all checks", () => {
    expect(findingsIn(app)).toEqual([]);
  });

  it("uses their topic, and makes and subscribes none", () => {
    expect(phone.alarmTopic).toBe(alarmTopic);
    expect(Object.keys(template.findResources("AWS::SNS::Topic"))).toHaveLength(1);
    expect(template.findResources("AWS::SNS::Subscription")).toEqual({});
  });

  it("stands behind their firewall, and makes none", () => {
    template.hasResourceProperties("AWS::WAFv2::WebACLAssociation", { WebACLArn: webAclArn });
    expect(template.findResources("AWS::WAFv2::WebACL")).toEqual({});
  });

  it("leaves the account's role for logs alone with setsUpGatewayLogs false", () => {
    expect(template.findResources("AWS::ApiGateway::Account")).toEqual({});
  });

  it("lets a back end call the signed routes and nothing else", () => {
    const [policy] = Object.values(template.findResources("AWS::IAM::Policy"));
    expect(policy?.["Properties"].PolicyDocument.Statement).toEqual([
      {
        Action: "execute-api:Invoke",
        Effect: "Allow",
        Resource: stack.resolve(phone.serverRoutesArn),
      },
    ]);
  });

  it("returns its address, its table and its API", () => {
    expect(stack.resolve(phone.issuer)).toMatchObject({ "Fn::Join": expect.anything() });
    expect(phone.table).toBeInstanceOf(TableV2);
    expect(JSON.stringify(stack.resolve(phone.serverRoutesArn))).toContain(
      JSON.stringify(stack.resolve(phone.api.restApiId)),
    );
  });
});
