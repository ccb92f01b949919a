import { describe, expect, it } from "vitest";
import { resourceIn, templateOf } from "./stack.ts";

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

const USERS = {
  KeysNumbers: [
    "start-verification",
    "resend-code",
    "check-code",
    "show-verification",
    "receive-delivery",
    "speak-code",
    "take-next-step",
    "operate",
  ],
  KeysCodes: ["start-verification", "resend-code", "check-code", "take-next-step"],
  KeysProofs: ["check-code"],
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

  it("lets the account administer it by listed actions, and use it by none", () => {
    const actions = [policy.get("Administer")?.Action].flat();
    expect(actions.filter((action) => action?.includes("*"))).toEqual([]);
    const uses =
      /Mac|Sign|Verify|Encrypt|Decrypt|DataKey|CreateGrant|DeriveShared|Import|Replicate/;
    expect(actions.filter((action) => uses.test(action ?? ""))).toEqual([]);
    expect(actions).toContain("kms:PutKeyPolicy");
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

  it("has a name that IAM takes, in the region and the stage with the longest names", () => {
    const longest = `latchkey-${"s".repeat(12)}-ap-southeast-7-cancel-verification`;
    expect(longest.length).toBeLessThanOrEqual(64);
  });
});

describe("the watch over keys", () => {
  const { EventPattern, State, Targets } = resourceIn(prod, "AWS::Events::Rule", "WatchKeyMisuse")
    .resource["Properties"];

  it("tells the topic of every change, and of every use by others", () => {
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
    expect(Targets[0].InputTransformer.InputTemplate).toContain(
      "/docs/operate/runbooks/key-misuse.md",
    );
  });

  it("looks at all three", () => {
    const ids = ["KeysNumbers", "KeysCodes", "KeysProofs"].map((id) => ({
      "Fn::GetAtt": [resourceIn(prod, "AWS::KMS::Key", id).id, "Arn"],
    }));
    expect(EventPattern.detail.resources.ARN).toEqual(ids);
  });
});

describe("the watch over code and roles", () => {
  const { EventPattern, State, Targets } = resourceIn(prod, "AWS::Events::Rule", "WatchCodeMisuse")
    .resource["Properties"];
  const [ofFunctions, ofRoles] = EventPattern.detail.$or;

  it("tells the topic of changes by anybody but CloudFormation", () => {
    expect(State).toBe("ENABLED");
    expect(EventPattern.detail.sourceIPAddress).toEqual([
      { "anything-but": ["cloudformation.amazonaws.com"] },
    ]);
    expect(Targets[0].Arn).toEqual({
      Ref: resourceIn(prod, "AWS::SNS::Topic", "WatchAlertsTopic").id,
    });
    expect(Targets[0].InputTransformer.InputTemplate).toContain(
      "/docs/operate/runbooks/key-misuse.md",
    );
  });

  it("looks at the code and the settings of our functions, named or by ARN", () => {
    expect(EventPattern.source).toContain("aws.lambda");
    expect(ofFunctions.eventName).toEqual([
      { prefix: "UpdateFunctionCode" },
      { prefix: "UpdateFunctionConfiguration" },
    ]);
    expect(ofFunctions.requestParameters.functionName).toEqual([
      { prefix: "latchkey-prod-" },
      { wildcard: "*:function:latchkey-prod-*" },
    ]);
  });

  it("looks at who may be one of our roles, and at what it may", () => {
    expect(EventPattern.source).toContain("aws.iam");
    expect(ofRoles.eventName).toEqual([
      "UpdateAssumeRolePolicy",
      "PutRolePolicy",
      "AttachRolePolicy",
    ]);
    expect(ofRoles.requestParameters.roleName).toEqual([{ prefix: "latchkey-prod-" }]);
  });
});
