import { describe, expect, it } from "vitest";
import { ACCESS_LOG_FIELDS } from "../../infra/access-log.ts";
import { STAGES } from "../../infra/stages.ts";
import { resourceIn, templateOf } from "./stack.ts";

const prod = templateOf("prod");
const domain = {
  name: "verify.acme.test",
  certificateArn: "arn:aws:acm:eu-west-2:000000000000:certificate/1",
};
const withDomain = templateOf("prod", { ...STAGES.prod, domain });
const stageIn = (template: typeof prod) =>
  resourceIn(template, "AWS::ApiGateway::Stage", "GatewayApiDeploymentStageprod").resource[
    "Properties"
  ];

it("the domain leads to the deployed stage, and proofs are issued under it", () => {
  const mapping = resourceIn(
    withDomain,
    "AWS::ApiGateway::BasePathMapping",
    "GatewayDomainMapping",
  );
  const stage = resourceIn(withDomain, "AWS::ApiGateway::Stage", "GatewayApiDeploymentStageprod");
  expect(mapping.resource["Properties"].Stage).toEqual({ Ref: stage.id });
  const { Variables } = resourceIn(withDomain, "AWS::Lambda::Function", "CheckCode").resource[
    "Properties"
  ].Environment;
  expect(Variables.PROOF_ISSUER).toBe("https://verify.acme.test");
});

describe("the access log", () => {
  it("has one line a request, in JSON, in a group of its own", () => {
    const { AccessLogSetting } = stageIn(prod);
    const { id } = resourceIn(prod, "AWS::Logs::LogGroup", "GatewayAccessLog");
    expect(AccessLogSetting.DestinationArn["Fn::Join"][1].slice(-2)).toEqual([
      ":log-group:",
      { Ref: id },
    ]);
    expect(JSON.parse(AccessLogSetting.Format)).toEqual(ACCESS_LOG_FIELDS);
  });

  it("can be written in an account whose gateway never logged, and goes on when this stack is gone", () => {
    const { resource } = resourceIn(prod, "AWS::ApiGateway::Account", "GatewayApiAccount");
    const role = resourceIn(prod, "AWS::IAM::Role", "GatewayApiCloudWatchRole");
    expect(resource["Properties"].CloudWatchRoleArn).toEqual({ "Fn::GetAtt": [role.id, "Arn"] });
    for (const policy of [resource, role.resource])
      expect([policy["DeletionPolicy"], policy["UpdateReplacePolicy"]]).toEqual([
        "Retain",
        "Retain",
      ]);
  });
});

describe("what a function gives up", () => {
  it("lies in a queue that is encrypted and forgets after 14 days", () => {
    const { id, resource } = resourceIn(prod, "AWS::SQS::Queue", "DeadLetters");
    expect(resource["Properties"]).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
    const reporter = resourceIn(prod, "AWS::Lambda::Function", "ReportOutcome");
    expect(reporter.resource["Properties"].DeadLetterConfig).toEqual({
      TargetArn: { "Fn::GetAtt": [id, "Arn"] },
    });
  });

  it("is traced by sample, as every function is", () => {
    for (const { Properties } of Object.values(prod.findResources("AWS::Lambda::Function")))
      expect(Properties.TracingConfig).toEqual({ Mode: "Active" });
  });
});
