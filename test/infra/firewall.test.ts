import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { isSending, ROUTES } from "../../infra/routes.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import { resourceIn, templateOf, textIn } from "./stack.ts";

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

/** As AWS WAF matches, as far as these statements go. */
function covers(statement: Rule["Statement"], method: string, path: string): boolean {
  const { AndStatement, OrStatement, NotStatement, RegexMatchStatement, ByteMatchStatement } =
    statement;
  const part = (inner: Rule["Statement"]) => covers(inner, method, path);
  if (AndStatement !== undefined) return AndStatement.Statements.every(part);
  if (OrStatement !== undefined) return OrStatement.Statements.some(part);
  if (NotStatement !== undefined) return !part(NotStatement.Statement);
  if (ByteMatchStatement !== undefined) return ByteMatchStatement.SearchString === method;
  const { RegexString, TextTransformations } = RegexMatchStatement;
  const kinds: readonly string[] = TextTransformations.map(({ Type }: { Type: string }) => Type);
  const decoded = kinds.includes("URL_DECODE") ? decodeURIComponent(path) : path;
  const read = kinds.includes("NORMALIZE_PATH") ? posix.normalize(decoded) : decoded;
  return new RegExp(RegexString).test(read);
}

describe("the firewall", () => {
  it("has these rules, each at a place of its own, and each blocks but that which lets callbacks in", () => {
    expect(rules.map(({ Name }) => Name)).toEqual([
      ...["CallbackWithoutPass", "TooManyCallbacksFromOneAddress", "TwilioCallback"],
      ...["TooManyFromOneAddress", "TooManySendsFromOneAddress"],
      ...["TooManyWithKeyFromOneAddress", "TooManyFromOneBackEnd"],
      ...["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet"],
      "AWSManagedRulesCommonRuleSet",
    ]);
    expect(rules.map(({ Priority }) => Priority)).toEqual(rules.map((_, place) => place));
    for (const { Name, Action, OverrideAction } of rules) {
      if (Name.startsWith("AWS"))
        expect([Action, OverrideAction]).toEqual([undefined, { None: {} }]);
      else
        expect([Object.keys(Object(Action)), OverrideAction]).toEqual([
          [Name === "TwilioCallback" ? "Allow" : "Block"],
          undefined,
        ]);
    }
  });

  it.each([
    ["/prod/v1/deliveries/twilio", true],
    ["/v1/deliveries/twilio", true],
    ["/prod/v1/calls/twilio/1-aB_9", true],
    ["/prod/v1/verifications", false],
    ["/prod/v1/deliveries/twilio/../../verifications", false],
    ["/prod/v1/calls/twilio/..%2f..%2fverifications", false],
    ["/prod/v1/calls/twilio/a/b", false],
    ["/v1/verifications//v1/deliveries/twilio", false],
  ])("lets %s past its other rules: %s", (path, isCallback) => {
    expect(covers(ruleCalled("TwilioCallback")?.Statement, "POST", path)).toBe(isCallback);
  });

  it("lets no address fill more than half of the bucket of callbacks, and none at all that this service did not give to Twilio", () => {
    const [foreign, rate, allowed] = rules;
    const [path, known] = foreign?.Statement.AndStatement.Statements ?? [];
    const { FieldToMatch, SearchString, ...how } = known.NotStatement.Statement.ByteMatchStatement;
    expect([FieldToMatch, how.PositionalConstraint]).toEqual([
      { SingleQueryArgument: { Name: "pass" } },
      "EXACTLY",
    ]);
    const { id } = resourceIn(prod, "AWS::KMS::Key", "KeysNumbers");
    expect(SearchString).toEqual({ Ref: id });
    const { Environment } = resourceIn(prod, "AWS::Lambda::Function", "StartVerification").resource[
      "Properties"
    ];
    expect(Environment.Variables.CALLBACK_PASS).toEqual(SearchString);
    const isCallback = (spelled: string) => covers(path, "POST", spelled);
    const spellings = [
      ...["/prod/v1/deliveries/twilio", "/v1/calls/twilio/1-a", "/prod/v1/deliveries/twilio/"],
      ...["/prod//v1//deliveries//twilio", "/v1/deliveries%2Ftwilio", "/v1/%63alls/./twilio/a%2Fb"],
      ...["/v1/calls/twilio/a%2f..%2f..%2fverifications", "/v1/deliveries/x/../twilio"],
    ];
    const others = ROUTES.filter(({ path }) => !path.includes("twilio")).map(({ path }) => path);
    expect([...spellings, ...others].filter(isCallback)).toEqual(spellings);
    const settings: readonly { ResourcePath: string; ThrottlingRateLimit: number }[] = resourceIn(
      prod,
      "AWS::ApiGateway::Stage",
      "GatewayApiDeploymentStageprod",
    ).resource["Properties"].MethodSettings;
    const bucket = settings.find(({ ResourcePath }) => ResourcePath.endsWith("deliveries~1twilio"));
    expect(rate?.Statement.RateBasedStatement).toEqual({
      AggregateKeyType: "IP",
      EvaluationWindowSec: 60,
      Limit: (Number(bucket?.ThrottlingRateLimit) * 60) / 2,
      ScopeDownStatement: allowed?.Statement,
    });
  });

  it("counts by the header of the proxy where there is one, and callbacks by the connection", () => {
    const clientAddressHeader = { name: "cf-connecting-ip", because: "Nobody comes past it." };
    const behind: readonly Rule[] = aclIn(
      templateOf("prod", { ...STAGES.prod, clientAddressHeader }),
    ).Rules;
    const keyOf = (name: string) => {
      const { AggregateKeyType, ForwardedIPConfig } =
        behind.find(({ Name }) => Name === name)?.Statement.RateBasedStatement ?? {};
      return { AggregateKeyType, ForwardedIPConfig };
    };
    expect(keyOf("TooManyFromOneAddress")).toEqual({
      AggregateKeyType: "FORWARDED_IP",
      ForwardedIPConfig: { HeaderName: "cf-connecting-ip", FallbackBehavior: "MATCH" },
    });
    expect(keyOf("TooManyCallbacksFromOneAddress").AggregateKeyType).toBe("IP");
  });

  it("answers 429 to an address above its limit alone", () => {
    const { ResponseCode, ResponseHeaders, CustomResponseBodyKey } = Object(
      ruleCalled("TooManyFromOneAddress")?.Action,
    ).Block.CustomResponse;
    expect(ResponseCode).toBe(429);
    expect(ResponseHeaders).toEqual(
      expect.arrayContaining([
        { Name: "retry-after", Value: "60" },
        { Name: "access-control-allow-origin", Value: "*" },
        { Name: "cache-control", Value: "no-store" },
      ]),
    );
    // AWS WAF picks this header itself, by the type of the body, and takes no other.
    expect(ResponseHeaders.map(({ Name }: { Name: string }) => Name)).not.toContain("content-type");
    const { ContentType, Content } = aclIn(prod).CustomResponseBodies[CustomResponseBodyKey];
    expect(ContentType).toBe("APPLICATION_JSON");
    expect(JSON.parse(textIn(prod, Content))).toEqual({
      code: "too-many-requests",
      type: expect.stringMatching(
        /^https:\/\/\w+\.execute-api\..+\/prod\/problems#too-many-requests$/,
      ),
      title: PROBLEMS["too-many-requests"].title,
      status: 429,
      retryAfterSeconds: 60,
    });
    expect(JSON.stringify(rules.filter(({ Name }) => !Name.startsWith("TooMany")))).not.toContain(
      "CustomResponse",
    );
  });

  it("limits a back end by the throttle of all, and every other path by the limit of an address", () => {
    const others = ruleCalled("TooManyFromOneAddress")?.Statement.RateBasedStatement;
    const { ScopeDownStatement: server, ...rate } =
      ruleCalled("TooManyFromOneBackEnd")?.Statement.RateBasedStatement ?? {};
    const { ScopeDownStatement: keyed } =
      ruleCalled("TooManyWithKeyFromOneAddress")?.Statement.RateBasedStatement ?? {};
    expect(others.ScopeDownStatement).toEqual({
      NotStatement: { Statement: { OrStatement: { Statements: [server, keyed] } } },
    });
    expect([others.Limit, others.EvaluationWindowSec]).toEqual([
      STAGES.prod.firewall.requestsPerAddress,
      300,
    ]);
    expect(rate).toEqual({
      AggregateKeyType: "IP",
      Limit: STAGES.prod.throttle.requestsPerSecond * 300,
      EvaluationWindowSec: 300,
    });
    const theirs = ["/v1/server/verifications", "/prod/v1/server/verifications/v1-a.b/check"];
    const withKey = ["/v1/keyed/verifications/check", "/prod/v2/Services/VA0/Verifications/%2B44"];
    const ours = [
      ...["/v1/verifications", "/prod/v1/verifications", "/v1/verifications/x/v1/server/y"],
      ...["/prod/v1/verifications/v1/server/check", "/v1/server/../verifications"],
      "/v1/verifications/x%2f..%2f..%2f..%2fv1%2fserver%2fy/resend",
    ];
    const all = [...theirs, ...withKey, ...ours];
    expect(all.filter((path) => covers(server, "POST", path))).toEqual(theirs);
    expect(all.filter((path) => covers(keyed, "POST", path))).toEqual(withKey);
  });

  it("lets no address fill the throttle of routes that send, and counts no check there, however the path is written", () => {
    const [pages, keyed] = ["TooManySendsFromOneAddress", "TooManyWithKeyFromOneAddress"].map(
      (name) => ruleCalled(name)?.Statement.RateBasedStatement,
    );
    const perSecond = STAGES.prod.sendThrottle.requestsPerSecond;
    // So many addresses at the limit leave a tenth of the throttle to all others.
    expect((67 * pages.Limit) / 300).toBeLessThan(0.9 * perSecond);
    expect(keyed.Limit / 300).toBeLessThanOrEqual((0.3 * perSecond) / 2);
    const posted = ROUTES.filter(({ method, path }) => method === "POST" && !/twilio$/.test(path));
    const isIn = (rate: typeof pages, path: string, method = "POST") =>
      covers(rate.ScopeDownStatement, method, path.replace(/\{.*?\}/g, "v1-a"));
    const sends = posted.filter(isSending).map(({ path }) => path);
    expect(sends.filter((path) => isIn(pages, path) !== isIn(keyed, path))).toEqual(
      sends.filter((path) => !path.startsWith("/v1/server/")),
    );
    expect(isIn(pages, "/v1/verifications/x/check")).toBe(false);
    expect(isIn(pages, "/v1/verifications", "OPTIONS")).toBe(false);
    expect(isIn(pages, "//v1/verifications/x%2f..%2fy/./resend/")).toBe(true);
  });

  it("lets a back end without a user agent and a large body pass, and nothing else of the managed rules", () => {
    const managed = rules.map(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides,
    );
    expect(managed.filter((overrides) => overrides !== undefined)).toEqual([
      [
        { Name: "NoUserAgent_HEADER", ActionToUse: { Count: {} } },
        { Name: "SizeRestrictions_BODY", ActionToUse: { Count: {} } },
      ],
    ]);
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
    // The name ends by what makes the stack unique, so that the group can stay when the stack goes.
    expect(resource["Properties"].LogGroupName["Fn::Join"][1][0]).toBe(
      "aws-waf-logs-latchkey-prod-",
    );
    expect(JSON.stringify(resource["Properties"].LogGroupName)).toContain("AWS::StackId");
    expect(resource).toMatchObject({
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: { RetentionInDays: 365 },
    });
    expect(LogDestinationConfigs[0]["Fn::Join"][1].slice(-2)).toEqual([":log-group:", { Ref: id }]);
  });

  it("is off only where a stage gives the reason", () => {
    expect(templateOf("dev").findResources("AWS::WAFv2::WebACL")).toEqual({});
    expect(STAGES.dev.firewall.because).toMatch(/\w+ \w+ \w+/);
    // @ts-expect-error a firewall cannot be off without a reason.
    const stage: Stage = { ...STAGES.dev, firewall: { off: true } };
    expect(() => templateOf("dev", stage)).toThrow("Stage dev: firewall must be");
  });

  it("asks what costs a message for a token where the stage wants one, however the path is written", () => {
    const firewall = { requestsPerAddress: 500, tokenRequired: true };
    const withToken: readonly Rule[] = aclIn(
      templateOf("prod", { ...STAGES.prod, firewall }),
    ).Rules;
    const [bots, token] = withToken.slice(-2);
    // Bot Control puts the label on, and blocks nothing itself.
    expect(bots).toMatchObject({ OverrideAction: { Count: {} } });
    expect(token).toMatchObject({ Name: "SendWithoutToken", Action: { Block: {} } });
    const [sends, label] = token?.Statement.AndStatement.Statements ?? [];
    expect(sends).toEqual(
      ruleCalled("TooManySendsFromOneAddress")?.Statement.RateBasedStatement.ScopeDownStatement,
    );
    expect(bots?.Statement.ManagedRuleGroupStatement.ScopeDownStatement).toEqual(sends);
    expect(label.NotStatement.Statement.LabelMatchStatement).toEqual({
      Scope: "LABEL",
      Key: "awswaf:managed:token:accepted",
    });
  });
});
