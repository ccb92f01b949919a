import { describe, expect, it } from "vitest";
import { LIMITS, limitsWith } from "../../functions/policy/limits.ts";
import { LOCALES } from "../../functions/policy/messages/locales.ts";
import { ENV, type FunctionName } from "../../functions/runtime/environment.ts";
import { limitsOf } from "../../functions/runtime/terms.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { environments } from "../../infra/environments.ts";
import { FUNCTIONS } from "../../infra/functions.ts";
import { spendTermsOf } from "../../infra/sending-terms.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import { NOWHERE } from "../support/nowhere.ts";
import { resourceIn, templateOf, textIn } from "./stack.ts";

const prod = templateOf("prod");
const idOf = (name: FunctionName) =>
  name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
const propertiesOf = (name: FunctionName) =>
  resourceIn(prod, "AWS::Lambda::Function", idOf(name)).resource["Properties"];

/** What a role may do, one line an action: `action on logical id`. */
function grantsOf(name: FunctionName): readonly string[] {
  const { resource } = resourceIn(prod, "AWS::IAM::Role", `${idOf(name)}Role`);
  const [policy, ...others] = resource["Properties"].Policies;
  expect(others).toEqual([]);
  const statements: readonly Statement[] = policy.PolicyDocument.Statement;
  return statements.flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((on) => `${action} on ${placeOf(on)}`)),
  );
}
type Statement = { readonly Action: string | readonly string[]; readonly Resource: unknown };

function placeOf(resource: unknown): string {
  return JSON.stringify(resource)
    .replace(/^{"(?:Ref|Fn::GetAtt)":\[?"(\w+)[0-9A-F]{8}"(?:,"Arn"\])?}$/, "$1")
    .replace(/^.*":function:latchkey-prod-([\w-]+)"\]\]}$/, "$1");
}

const DEFAULT_LIMITS = limitsWith({});

const SENDERS = ["start-verification", "resend-code", "take-next-step"] as const;
const KEYED = ["serve-keyed", "serve-twilio-verify"] as const;
const BY_NUMBER = ["show-verification", "receive-delivery", "speak-code", "operate"] as const;
const DELETERS = ["start-verification", "operate", ...KEYED] as const;
const WRITERS = [
  ...[...SENDERS, ...KEYED, "check-code", "cancel-verification"],
  ...["receive-delivery", "speak-code", "operate"],
] as const;

/** Who may do what, beside writing its own log and its traces: the whole list. A key's policy names the same functions. */
const MAY: Readonly<Record<string, readonly FunctionName[]>> = {
  "dynamodb:GetItem on Table": [...WRITERS, "show-verification"],
  "dynamodb:UpdateItem on Table": WRITERS,
  "dynamodb:PutItem on Table": ["start-verification", ...KEYED],
  "dynamodb:DeleteItem on Table": DELETERS,
  "kms:GenerateMac on KeysNumbers": [...SENDERS, ...KEYED, ...BY_NUMBER, "check-code"],
  "kms:GenerateMac on KeysCodes": [...SENDERS, ...KEYED, "check-code"],
  "kms:Sign on KeysProofs": ["check-code", ...KEYED],
  "kms:DescribeKey on KeysProofs": ["check-code", ...KEYED],
  "kms:GetPublicKey on KeysProofs": ["publish-proof-keys"],
  "secretsmanager:GetSecretValue on TwilioCredentials": [...SENDERS, ...KEYED, "report-outcome"],
  "secretsmanager:GetSecretValue on TwilioAuthToken": ["receive-delivery", "speak-code"],
  "secretsmanager:GetSecretValue on Challenge": ["start-verification"],
  "lambda:InvokeFunction on report-outcome": ["check-code", "receive-delivery", ...KEYED],
  "lambda:InvokeFunction on take-next-step": ["receive-delivery"],
  "sqs:SendMessage on DeadLetters": ["report-outcome"],
};

describe.each(FUNCTION_NAMES)("%s", (name) => {
  it("logs JSON into a log of its own, to which Lambda adds faults alone", () => {
    expect(propertiesOf(name)).toMatchObject({
      Handler: "index.handler",
      LoggingConfig: {
        LogFormat: "JSON",
        SystemLogLevel: "WARN",
        LogGroup: { Ref: resourceIn(prod, "AWS::Logs::LogGroup", `${idOf(name)}Log`).id },
      },
    });
  });

  it("gets exactly the environment that it reads", () => {
    const { Variables } = propertiesOf(name).Environment;
    expect(Object.keys(Variables).toSorted()).toEqual([...ENV[name], "DEPLOYMENT"].toSorted());
    expect(Variables.DEPLOYMENT).toBe("latchkey-prod");
  });

  it("may do what it must and nothing else, by a role of its own", () => {
    const own = [
      `logs:CreateLogStream on ${idOf(name)}Log`,
      `logs:PutLogEvents on ${idOf(name)}Log`,
      // X-Ray has no resources; nothing else may be done to "*".
      'xray:PutTraceSegments on "*"',
      'xray:PutTelemetryRecords on "*"',
    ];
    const listed = Object.keys(MAY).filter((action) => MAY[action]?.includes(name));
    expect(grantsOf(name).toSorted()).toEqual([...listed, ...own].toSorted());
    const { id } = resourceIn(prod, "AWS::IAM::Role", `${idOf(name)}Role`);
    expect(propertiesOf(name).Role).toEqual({ "Fn::GetAtt": [id, "Arn"] });
    expect(prod.findResources("AWS::IAM::Policy")).toEqual({});
    expect(prod.findResources("AWS::IAM::ManagedPolicy")).toEqual({});
  });
});

it("a start gives up before its idempotency key is taken for abandoned", () => {
  const { timeoutSeconds } = FUNCTIONS["start-verification"];
  expect(LIMITS.startPatienceSeconds).toBeGreaterThan(timeoutSeconds);
});

const shares = (stage: Stage) =>
  Object.values(templateOf("prod", stage).findResources("AWS::Lambda::Function"))
    .map(({ Properties }) => Properties.ReservedConcurrentExecutions)
    .filter((share) => share !== undefined);

it("concurrency is shared by all, unless the stage gives a function a share of its own", () => {
  expect(shares(STAGES.prod)).toEqual([]);
  expect(shares({ ...STAGES.prod, reservedConcurrency: { "check-code": 20 } })).toEqual([20]);
});

describe("the environment", () => {
  const variables = (name: FunctionName) => propertiesOf(name).Environment.Variables;

  it("is the one of the stage", () => {
    expect(variables("start-verification")).toMatchObject({
      BRAND: STAGES.prod.brand,
      LOCALES: LOCALES.join(","),
      ANDROID_APP_HASH: "",
      KEY_EPOCH: "1",
      FICTIONAL_NUMBERS: "refused",
      PHONE_COUNTRIES: "GB",
      UNALLOCATED_BLOCKS: "refuse",
      DEFAULT_COUNTRY: "",
      TWILIO_BASE_URL: "https://api.twilio.com",
      SPEND_TERMS: JSON.stringify(spendTermsOf(STAGES.prod)),
    });
    expect(variables("check-code").PROOF_AUDIENCE).toBe(STAGES.prod.proofAudience);
  });

  it("leads from a problem to the page of this deployment, unless the stage has another", () => {
    const { PROBLEM_DOCS_URL, PUBLIC_URL } = variables("start-verification");
    expect(textIn(prod, PROBLEM_DOCS_URL)).toBe(`${textIn(prod, PUBLIC_URL)}/problems#`);
    const problemDocsUrl = "https://docs.acme.com/problems?code=";
    const { "check-code": told } = environments({ ...STAGES.prod, problemDocsUrl }, NOWHERE);
    expect(told.PROBLEM_DOCS_URL).toBe(problemDocsUrl);
  });

  it("has the limits of the stage that differ, in one value, wherever a code is sent or checked", () => {
    const limits = { codeLifetimeSeconds: 180 };
    const limited = environments({ ...STAGES.prod, limits }, NOWHERE);
    for (const name of [...SENDERS, "check-code"] as const) {
      expect(variables(name).LIMITS).toBe("");
      expect(limited[name].LIMITS).toBe('{"codeLifetimeSeconds":180}');
      expect(limitsOf(limited[name])).toEqual({ ...DEFAULT_LIMITS, ...limits });
    }
    expect(() => limitsOf({ LIMITS: '{"codeLifetimeSeconds":301}' })).toThrow("from 60 to 300");
  });

  it("passes to a start whether apps call; by default they do not", () => {
    const { prod } = STAGES;
    const stages = [
      prod,
      { ...prod, nativeApps: true },
      { ...prod, androidAppHash: "FA+9qCX9VSu" },
    ].map((stage) => environments(stage, NOWHERE)["start-verification"].HAS_APPS);
    expect(stages).toEqual(["no", "yes", "yes"]);
  });

  it("has the client's address from the connection, unless the stage names the header of its proxy", () => {
    expect(variables("start-verification").CLIENT_ADDRESS_HEADER).toBe("");
    const clientAddressHeader = { name: "cf-connecting-ip", because: "Nobody comes past it." };
    const environment = environments({ ...STAGES.prod, clientAddressHeader }, NOWHERE);
    expect(environment["start-verification"].CLIENT_ADDRESS_HEADER).toBe("cf-connecting-ip");
  });

  it.each(["start-verification", "resend-code"] as const)(
    "lets %s reach anyone in production, and a list with live credentials elsewhere",
    (name) => {
      expect(variables(name).TWILIO_RECIPIENTS).toBe("anyone");
      const live = { live: true, because: "A handset is tried out." } as const;
      const reachOf = (stage: Stage) => environments(stage, NOWHERE)[name].TWILIO_RECIPIENTS;
      expect(reachOf({ ...STAGES.dev, twilio: live })).toBe("listed");
      expect(reachOf(STAGES.dev)).toBe("anyone");
    },
  );

  it("holds every proof key of the stage, oldest first, and its functions may use each", () => {
    const template = templateOf("prod", { ...STAGES.prod, proofKeys: [1, 2] });
    const ids = ["KeysProofs", "KeysProofs2"].map(
      (id) => resourceIn(template, "AWS::KMS::Key", id).id,
    );
    const arns = ids.map((id) => ({ "Fn::GetAtt": [id, "Arn"] }));
    for (const [id, action] of [
      ["PublishProofKeys", "kms:GetPublicKey"],
      ["CheckCode", ["kms:DescribeKey", "kms:Sign"]],
    ] as const) {
      const { resource } = resourceIn(template, "AWS::Lambda::Function", id);
      expect(resource["Properties"].Environment.Variables.PROOF_KEY_ARNS).toEqual({
        "Fn::Join": ["", [arns[0], ",", arns[1]]],
      });
      const role = resourceIn(template, "AWS::IAM::Role", `${id}Role`).resource;
      expect(role["Properties"].Policies[0].PolicyDocument.Statement).toContainEqual({
        Effect: "Allow",
        Action: action,
        // CDK sorts them by name.
        Resource: arns.toReversed(),
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": expect.anything() } },
      });
    }
  });
});
