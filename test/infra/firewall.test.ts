import { describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import { resourceIn, templateOf } from "./stack.ts";

const prod = templateOf("prod");
const aclIn = (template: typeof prod) =>
  resourceIn(template, "AWS::WAFv2::WebACL", "FirewallAcl").resource["Properties"];

type Rule = Readonly<Record<string, unknown>> & {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: unknown;
  readonly OverrideAction?: unknown;
  readonly Statement: ReturnType<typeof JSON.parse>;
};
const rules: readonly Rule[] = aclIn(prod).Rules;
const ruleCalled = (name: string) => rules.find(({ Name }) => Name === name);

describe("the firewall", () => {
  it("stands before the deployed stage of the API", () => {
    const { ResourceArn, WebACLArn } = resourceIn(
      prod,
      "AWS::WAFv2::WebACLAssociation",
      "FirewallAssociation",
    ).resource["Properties"];
    const acl = resourceIn(prod, "AWS::WAFv2::WebACL", "FirewallAcl").id;
    const stage = resourceIn(prod, "AWS::ApiGateway::Stage", "GatewayApiDeploymentStageprod").id;
    expect(WebACLArn).toEqual({ "Fn::GetAtt": [acl, "Arn"] });
    expect(ResourceArn["Fn::Join"][1].at(-1)).toEqual({ Ref: stage });
    expect(aclIn(prod)).toMatchObject({ Scope: "REGIONAL", DefaultAction: { Allow: {} } });
  });

  it("has these rules, each at a place of its own, and each blocks", () => {
    expect(rules.map(({ Name }) => Name)).toEqual([
      "TooManyFromOneAddress",
      "LargeBody",
      "AWSManagedRulesAmazonIpReputationList",
      "AWSManagedRulesKnownBadInputsRuleSet",
      "AWSManagedRulesCommonRuleSet",
    ]);
    expect(rules.map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3, 4]);
    for (const { Name, Action, OverrideAction } of rules) {
      expect([Action, OverrideAction]).toEqual(
        Name.startsWith("AWS") ? [undefined, { None: {} }] : [{ Block: {} }, undefined],
      );
    }
  });

  it("refuses an address above the limit of the stage, and a body larger than any of ours", () => {
    expect(ruleCalled("TooManyFromOneAddress")?.Statement.RateBasedStatement).toEqual({
      AggregateKeyType: "IP",
      Limit: 1_000,
      EvaluationWindowSec: 300,
    });
    expect(ruleCalled("LargeBody")?.Statement.SizeConstraintStatement).toMatchObject({
      ComparisonOperator: "GT",
      Size: LIMITS.bodyBytes,
      FieldToMatch: { Body: { OversizeHandling: "MATCH" } },
    });
  });

  it("lets a back end without a user agent pass, and nothing else of the managed rules", () => {
    const managed = rules.map(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides,
    );
    expect(managed.filter((overrides) => overrides !== undefined)).toEqual([
      [{ Name: "NoUserAgent_HEADER", ActionToUse: { Count: {} } }],
    ]);
  });

  it("keeps no samples, which would hold paths", () => {
    const visibilities = [aclIn(prod), ...rules].map(({ VisibilityConfig }) => VisibilityConfig);
    for (const visibility of visibilities) {
      expect(visibility).toMatchObject({
        SampledRequestsEnabled: false,
        CloudWatchMetricsEnabled: true,
      });
    }
  });

  it("logs what it blocks and nothing else, without paths and keys, under the one name that works", () => {
    const { LoggingFilter, RedactedFields, LogDestinationConfigs } = resourceIn(
      prod,
      "AWS::WAFv2::LoggingConfiguration",
      "FirewallLogging",
    ).resource["Properties"];
    expect(LoggingFilter).toEqual({
      DefaultBehavior: "DROP",
      Filters: [
        {
          Behavior: "KEEP",
          Requirement: "MEETS_ANY",
          Conditions: [{ ActionCondition: { Action: "BLOCK" } }],
        },
      ],
    });
    expect(RedactedFields).toEqual(
      expect.arrayContaining([{ UriPath: {} }, { SingleHeader: { Name: "idempotency-key" } }]),
    );
    const { id, resource } = resourceIn(prod, "AWS::Logs::LogGroup", "FirewallLog");
    expect(resource["Properties"].LogGroupName).toBe("aws-waf-logs-latchkey-prod");
    expect(LogDestinationConfigs[0]["Fn::Join"][1].slice(-2)).toEqual([":log-group:", { Ref: id }]);
  });

  it("is off only where a stage says why", () => {
    expect(templateOf("dev").findResources("AWS::WAFv2::WebACL")).toEqual({});
    expect(STAGES.dev.firewall.because).toMatch(/\w+ \w+ \w+/);
    // @ts-expect-error a firewall cannot be off without a reason.
    const stage: Stage = { ...STAGES.dev, firewall: { off: true } };
    expect(() => templateOf("dev", stage)).toThrow("Stage dev: firewall must be");
  });

  it("asks a start for a token where the stage wants one", () => {
    const firewall = { requestsPerAddress: 500, tokenRequired: true };
    const withToken: readonly Rule[] = aclIn(
      templateOf("prod", { ...STAGES.prod, firewall }),
    ).Rules;
    expect(withToken.map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const [bots, token] = withToken.slice(-2);
    // Bot Control puts the label on, and blocks nothing itself.
    expect(bots).toMatchObject({ OverrideAction: { Count: {} } });
    expect(token).toMatchObject({ Name: "StartWithoutToken", Action: { Block: {} } });
    const [path, method, label] = token?.Statement.AndStatement.Statements ?? [];
    expect(path.ByteMatchStatement.SearchString).toBe("/v1/verifications");
    expect(method.ByteMatchStatement.SearchString).toBe("POST");
    expect(label.NotStatement.Statement.LabelMatchStatement).toEqual({
      Scope: "LABEL",
      Key: "awswaf:managed:token:accepted",
    });
  });
});
