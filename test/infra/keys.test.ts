import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { FUNCTIONS, type ResourceName } from "../../infra/functions.ts";
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

  it("lets the roles of its functions use it, and denies use and grants to everybody else", () => {
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

describe("a role", () => {
  it.each(USERS.KeysNumbers)("of %s has the name that the keys know it by", (name) => {
    const id = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const { RoleName } = resourceIn(prod, "AWS::IAM::Role", `${id}Role`).resource["Properties"];
    expect(RoleName).toEqual({
      "Fn::Join": ["", ["latchkey-prod-", { Ref: "AWS::Region" }, `-${name}`]],
    });
  });
});

describe("the watch over keys", () => {
  const { EventPattern, State, Targets } = resourceIn(prod, "AWS::Events::Rule", "WatchKeyMisuse")
    .resource["Properties"];

  it("tells the topic of every change, and of every use by others", () => {
    const ids = ["KeysNumbers", "KeysCodes", "KeysProofs"].map((id) => ({
      "Fn::GetAtt": [resourceIn(prod, "AWS::KMS::Key", id).id, "Arn"],
    }));
    expect(EventPattern.detail.resources.ARN).toEqual(ids);
    expect(State).toBe("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    const [changes, byOthers, byNoRole] = EventPattern.detail.$or;
    expect(changes.eventName).toEqual(
      expect.arrayContaining(["PutKeyPolicy", "DisableKey", "ScheduleKeyDeletion"]),
    );
    const uses = ["GenerateMac", "VerifyMac", "Sign", "CreateGrant"];
    expect([byOthers.eventName, byNoRole.eventName]).toEqual([uses, uses]);
    expect(new Set(rolesIn(byOthers))).toEqual(new Set(USERS.KeysNumbers));
    expect(byNoRole.userIdentity.sessionContext.sessionIssuer.arn).toEqual([{ exists: false }]);
    expect(Targets[0].Arn).toEqual({
      Ref: resourceIn(prod, "AWS::SNS::Topic", "WatchAlertsTopic").id,
    });
    expect(textIn(prod, Targets[0].InputTransformer.InputTemplate)).toContain(
      "What to do: runbook key-misuse at https://console.aws.amazon.com/",
    );
  });
});

describe("the watch over code and roles", () => {
  const { EventPattern, State, Targets } = resourceIn(prod, "AWS::Events::Rule", "WatchCodeMisuse")
    .resource["Properties"];
  type Change = {
    readonly eventName: readonly unknown[];
    readonly requestParameters: Readonly<Record<string, unknown>>;
    readonly sourceIPAddress?: unknown;
  };
  const changes: readonly Change[] = EventPattern.detail.$or;
  const changeOf = (eventName: string) =>
    changes.find((change) => JSON.stringify(change.eventName).includes(`"${eventName}"`));
  const functionName = [{ prefix: "latchkey-prod-" }, { wildcard: "*:function:latchkey-prod-*" }];

  it("tells the topic of functions, roles and the stack", () => {
    expect(State).toBe("ENABLED");
    expect(EventPattern.source).toEqual(["aws.lambda", "aws.iam", "aws.cloudformation"]);
    expect(Targets[0].Arn).toEqual({
      Ref: resourceIn(prod, "AWS::SNS::Topic", "WatchAlertsTopic").id,
    });
    expect(textIn(prod, Targets[0].InputTransformer.InputTemplate)).toContain(
      "What to do: runbook key-misuse at https://console.aws.amazon.com/",
    );
  });

  it("looks at the code and the settings of our functions, changed by anybody but CloudFormation", () => {
    expect(changeOf("UpdateFunctionCode")).toEqual({
      eventName: [{ prefix: "UpdateFunctionCode" }, { prefix: "UpdateFunctionConfiguration" }],
      sourceIPAddress: [{ "anything-but": ["cloudformation.amazonaws.com"] }],
      requestParameters: { functionName },
    });
  });

  it.each(["AddPermission", "CreateFunctionUrlConfig", "CreateEventSourceMapping"])(
    "looks at %s on our functions, by CloudFormation too",
    (event) => {
      expect(changeOf(event)?.requestParameters).toEqual({ functionName });
      expect(changeOf(event)).not.toHaveProperty("sourceIPAddress");
    },
  );

  it("looks at other functions that are given a role of ours", () => {
    const change = changeOf("CreateFunction2");
    expect(change?.requestParameters).toEqual({
      role: [{ wildcard: "*:role/latchkey-prod-*" }],
      functionName: [{ "anything-but": { prefix: "latchkey-prod-" } }],
    });
    expect(change).not.toHaveProperty("sourceIPAddress");
  });

  it("looks at the policies of our roles, changed by CloudFormation too", () => {
    const change = changeOf("PutRolePolicy");
    expect(change?.requestParameters).toEqual({ roleName: [{ prefix: "latchkey-prod-" }] });
    expect(change?.eventName).toEqual(
      expect.arrayContaining(["UpdateAssumeRolePolicy", "AttachRolePolicy"]),
    );
    expect(change).not.toHaveProperty("sourceIPAddress");
  });

  it("looks at every change of the stack itself", () => {
    expect(changeOf("ExecuteChangeSet")).toEqual({
      eventName: expect.arrayContaining(["UpdateStack", "DeleteStack"]),
      requestParameters: { stackName: [{ Ref: "AWS::StackName" }, { Ref: "AWS::StackId" }] },
    });
  });
});
