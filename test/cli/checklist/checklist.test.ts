import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { factsOf } from "../../../cli/checklist/facts.ts";
import { POLICIES, policiesOf } from "../../../cli/checklist/policies.ts";
import type { Evidence } from "../../../cli/checklist/question.ts";
import { answer, QUESTIONS } from "../../../cli/checklist/questions.ts";
import { checklistJson, checklistSummary, checklistWords } from "../../../cli/checklist/words.ts";
import { synthesizedTemplate } from "../../../cli/synthesized-template.ts";
import { functionIn } from "../../../cli/template.ts";
import { scopeTermsOf } from "../../../infra/sending-terms.ts";
import { isStageName, STAGES, type Stage, type StageName } from "../../../infra/stages.ts";
import {
  adding,
  type Break,
  changing,
  going,
  limit,
  policy,
  setting,
  stageWith,
  variable,
  without,
} from "./broken.ts";

const ROOT = join(import.meta.dirname, "../../..");
const NAMES: readonly StageName[] = Object.keys(STAGES).filter(isStageName);

const evidence = new Map<StageName, Evidence>();
beforeAll(async () => {
  for (const stageName of NAMES) {
    const template = await synthesizedTemplate(stageName);
    const stage = STAGES[stageName];
    evidence.set(stageName, { stageName, stage, template, policies: policiesOf(stage) });
  }
});

function of(stageName: StageName): Evidence {
  const found = evidence.get(stageName);
  if (found === undefined) throw new Error(`no ${stageName}`);
  return found;
}

/** Asks one question alone: drawing every code takes a moment. */
function faultsOf(id: string, found: Evidence): readonly string[] {
  const question = QUESTIONS.find((one) => one.id === id);
  if (question === undefined) throw new Error(`no question ${id}`);
  return question.find(found).faults;
}

/** Whether codes are random is asked once: it takes seconds, and no stage has a say in it. */
const asksOf = (name: StageName) =>
  QUESTIONS.filter(({ id }) => id !== "random" || name === "prod");

describe.each(NAMES)("of the stage %s", (name) => {
  it.each(asksOf(name))("the line $id holds", ({ id }) => {
    expect(faultsOf(id, of(name))).toEqual([]);
  });
});

it("is asked under the limits of its stage", () => {
  const stage = { ...STAGES.prod, limits: { codeLifetimeSeconds: 180 } };
  const policies = policiesOf(stage);
  const expiry = QUESTIONS.find(({ id }) => id === "expire");
  expect(expiry?.find({ ...of("prod"), stage, policies }).value).toContain("180 seconds");
});

const { checkConditions, drawCode, judgePhone, viewOf } = POLICIES;
const conditionless = (condition: string): Break =>
  policy({ checkConditions: checkConditions.filter((one) => one !== condition) });
const FUNCTION = "AWS::Lambda::Function";
const STAGE = "AWS::ApiGateway::Stage";
const ROLE = "AWS::IAM::Role";
const ALARM = "AWS::CloudWatch::Alarm";
const TABLE = "AWS::DynamoDB::GlobalTable";

const statementsIn = (properties: Readonly<Record<string, unknown>>) =>
  Object(properties["KeyPolicy"])["Statement"];
const replicaWith = (change: Readonly<Record<string, unknown>>): Break =>
  changing(TABLE, (properties) => {
    Object.assign(Object(properties["Replicas"])[0], change);
  });
const grantWith = (change: Readonly<Record<string, unknown>>): Break =>
  changing(
    ROLE,
    (properties) => {
      Object.assign(Object(properties["Policies"])[0].PolicyDocument.Statement[0], change);
    },
    "CheckCodeRole",
  );
const accepting =
  (number: string): typeof judgePhone =>
  (to, options) =>
    judgePhone(to === number ? "+447712345678" : to, options);

/** The limits of production, some of them changed. */
function scopesWith(
  limitByKind: Readonly<Record<string, number>>,
  countryMode = "enforce",
): string {
  const { limits, ...rest } = scopeTermsOf(STAGES.prod);
  const changed = Object.entries(limits).map(([kind, limit]) => [
    kind,
    {
      ...limit,
      max: limitByKind[kind] ?? limit.max,
      mode: kind.includes("country") ? countryMode : limit.mode,
    },
  ]);
  return JSON.stringify({ ...rest, limits: Object.fromEntries(changed) });
}

/** Each broken line, and the words that say so. */
const BROKEN: Readonly<Record<string, Readonly<Record<string, readonly [Break, RegExp]>>>> = {
  random: {
    "five digits": [limit({ codeDigits: 5 }), /5 digits are fewer than 6/],
    "a digit that is never drawn": [
      policy({ drawCode: ({ integer }) => Array.from({ length: 6 }, () => integer(9)).join("") }),
      /not below 10\^6/,
    ],
    "codes folded into half of them": [
      policy({
        drawCode: (random, digits) =>
          String(Number(drawCode(random, digits)) % 500_000).padStart(6, "0"),
      }),
      /only .* of 999,980 codes are ever drawn/,
    ],
    "zeros that are dropped": [
      policy({ drawCode: (random, digits) => String(Number(drawCode(random, digits))) }),
      /only 900,000 or|only .* codes are ever drawn/,
    ],
    "a generator that repeats itself": [
      policy({ random: { ...POLICIES.random, integer: () => 482_913 } }),
      /the generator repeats itself/,
    ],
  },
  expire: {
    "ten minutes": [limit({ codeLifetimeSeconds: 600 }), /600 seconds/],
    "a second": [limit({ codeLifetimeSeconds: 1 }), /1 seconds/],
    "a proof for a day": [limit({ proofLifetimeSeconds: 86_400 }), /a proof lives 86400/],
    "a check that asks for no time": [
      conditionless("expiresAt > :now"),
      /does not ask for the time/,
    ],
  },
  once: Object.fromEntries(
    ["c0", "c1", "c2"].map((slot) => [
      `a check that forgets ${slot}`,
      [conditionless(`NOT contains(tried, ${slot})`), new RegExp(`whether ${slot} was used`)],
    ]),
  ),
  guesses: {
    "six checks": [limit({ checksPerVerification: 6 }), /6 checks are more than 5/],
    "eleven messages a day": [
      limit({ sendsPerNumberWithTicket: [{ max: 11, windowSeconds: 86_400 }] }),
      /a day is more than 0.005 %/,
    ],
    "a late lock": [limit({ consecutiveFailures: 90 }), /104 failures in a row/],
    "checks that are not counted": [conditionless("checks < maxChecks"), /does not count/],
  },
  "per-number": {
    "no row for half a minute": [
      limit({
        sendsPerNumber: [
          { max: 3, windowSeconds: 600 },
          { max: 7, windowSeconds: 86_400 },
        ],
      }),
      /3 messages in 30 s/,
    ],
    "a loose row for ten minutes": [
      limit({
        sendsPerNumber: [
          { max: 1, windowSeconds: 30 },
          { max: 7, windowSeconds: 86_400 },
        ],
      }),
      /7 messages in 10 min/,
    ],
    "no row for a day": [
      limit({
        sendsPerNumber: [
          { max: 1, windowSeconds: 30 },
          { max: 3, windowSeconds: 600 },
        ],
      }),
      /432 messages in 24 h/,
    ],
  },
  bill: {
    "no caps in a function that sends": [variable("SPEND_TERMS", undefined), /sends without caps/],
    "caps that cannot be read": [variable("SPEND_TERMS", "{}"), /does not start/],
    "a cap that is another than the stage's": [
      stageWith({ spend: { dollarsPerHour: 10, dollarsPerDay: 20, keptForTickets: 0.2 } }),
      /another than the stage's/,
    ],
    "a country without a price": [stageWith({ countries: ["GB", "ZW"] }), /ZW has no price/],
    "nothing kept for people who return": [
      stageWith({ spend: { ...STAGES.prod.spend, keptForTickets: 0 } }),
      /nothing is kept/,
    ],
  },
  "shared-scopes": {
    "no limits in a function that sends": [
      variable("SCOPE_TERMS", undefined),
      /sends without limits/,
    ],
    "a range without limit": [
      variable("SCOPE_TERMS", scopesWith({ range: 1_000_000 })),
      /range allows \d+ unverified sends/,
    ],
    "a country that is only watched": [
      variable("SCOPE_TERMS", scopesWith({}, "watch")),
      /is watched only/,
    ],
  },
  "per-client": {
    "no limit of IPv6 sites": [
      limit({ unverifiedSends: { ipv4: { max: 30, windowSeconds: 600 } } }),
      /ipv6-48 starts without limit/,
    ],
    "a window of a second": [
      limit({
        unverifiedSends: {
          ...POLICIES.limits.unverifiedSends,
          ipv4: { max: 30, windowSeconds: 1 },
        },
      }),
      /ipv4 starts without limit/,
    ],
    "a firewall that is nowhere": [
      without("AWS::WAFv2::WebACLAssociation"),
      /the firewall limits no address/,
    ],
    "a rate that is only counted": [
      changing("AWS::WAFv2::WebACL", (properties) => {
        for (const rule of [Object(properties["Rules"])].flat())
          if (rule.Name === "TooManyFromOneAddress") rule.Action = { Count: {} };
      }),
      /the firewall limits no address/,
    ],
    "a list that the caller begins": [
      variable("CLIENT_ADDRESS_HEADER", "X-Forwarded-For"),
      /a client may write the address that it is counted by/,
    ],
    "no firewall in production": [
      (found) => ({
        ...found,
        stage: { ...found.stage, firewall: { off: true, because: "dear" } },
      }),
      /production has no firewall/,
    ],
  },
  "back-ends": {
    "a server route that is open": [
      changing(
        "AWS::ApiGateway::Method",
        (properties) => {
          properties["AuthorizationType"] = "NONE";
        },
        "GatewayApiv1serververificationsPOST",
      ),
      /^GatewayApiv1serververificationsPOST\w+ is open to anybody$/,
    ],
    "no server route": [
      without("AWS::ApiGateway::Method", "GatewayApiv1server"),
      /there is no route for back ends/,
    ],
  },
  everybody: {
    "no throttle": [setting(STAGE, "MethodSettings", []), /the stage has no throttle/],
    "no throttle of sends": [
      changing(STAGE, (properties) => {
        properties["MethodSettings"] = [Object(properties["MethodSettings"])[0]];
      }),
      /a route that sends has no throttle/,
    ],
  },
  stop: {
    "no function for operators": [without(FUNCTION, "Operate"), /no function for operators/],
    "a way past IAM": [
      (found) => {
        const id = functionIn(found.template, "operate")?.id;
        return adding("Open", "AWS::Lambda::Permission", {
          FunctionName: { "Fn::GetAtt": [id, "Arn"] },
        })(found);
      },
      /reached without IAM/,
    ],
    "a switch that is read once an hour": [
      limit({ switchCacheSeconds: 3_600 }),
      /a pause takes 3600 seconds/,
    ],
  },
  "at-rest": {
    "one key for both": [without("AWS::KMS::Key", "KeysCodes"), /no keys of their own/],
    "the default policy": [
      setting(
        "AWS::KMS::Key",
        "KeyPolicy",
        { Statement: [{ Effect: "Allow", Action: "kms:*" }] },
        "KeysNumbers",
      ),
      /KeysNumbers.* may be used by each principal/,
    ],
    "no denial": [
      changing(
        "AWS::KMS::Key",
        (properties) => {
          statementsIn(properties).pop();
        },
        "KeysCodes",
      ),
      /KeysCodes.* does not deny its use/,
    ],
    "use without condition": [
      changing(
        "AWS::KMS::Key",
        (properties) => {
          delete statementsIn(properties)[1].Condition;
        },
        "KeysProofs",
      ),
      /KeysProofs.* may be used by each principal/,
    ],
    "a denial without the use": [
      changing(
        "AWS::KMS::Key",
        (properties) => {
          statementsIn(properties)[2].Action = ["kms:CreateGrant"];
        },
        "KeysNumbers",
      ),
      /KeysNumbers.* does not deny/,
    ],
  },
  secrets: {
    "a token in the environment": [
      variable("TWILIO_AUTH_TOKEN", "x", "StartVerification"),
      /has TWILIO_AUTH_TOKEN in its environment/,
    ],
    "a key in a harmless variable": [
      variable("BRAND", "SK2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c"),
      /has BRAND in its environment/,
    ],
    "a value in the template": [
      setting("AWS::SecretsManager::Secret", "SecretString", "{}"),
      /has its value in the template/,
    ],
    "no secret": [without("AWS::SecretsManager::Secret"), /no secret for Twilio/],
  },
  shown: {
    "a path in the access log": [
      setting(STAGE, "AccessLogSetting", { Format: '{"path":"$context.path"}' }),
      /the access log holds \$context.path/,
    ],
    "a body in the access log": [
      setting(STAGE, "AccessLogSetting", { Format: "$input.body" }),
      /the access log holds \$input.body/,
    ],
    "no access log": [setting(STAGE, "AccessLogSetting", undefined), /no access log/],
    "traces of bodies": [
      setting(STAGE, "MethodSettings", [{ DataTraceEnabled: true }]),
      /traces bodies/,
    ],
    "a firewall that logs paths": [
      setting("AWS::WAFv2::LoggingConfiguration", "RedactedFields", []),
      /the firewall logs paths/,
    ],
    "a refusal that repeats the body": [
      setting("AWS::ApiGateway::GatewayResponse", "ResponseTemplates", {
        "application/json": "$input.body",
      }),
      /repeats what was sent/,
    ],
    "whole numbers": [
      policy({
        viewOf: (verification, options) => ({ ...viewOf(verification, options), to: options.to }),
      }),
      /sees a whole number/,
    ],
  },
  rights: {
    "any action": [grantWith({ Action: "dynamodb:*" }), /CheckCodeRole.* has a wildcard/],
    "any resource": [grantWith({ Resource: "*" }), /CheckCodeRole.* has a wildcard/],
    "a managed policy": [
      setting(ROLE, "ManagedPolicyArns", ["arn"], "CheckCodeRole"),
      /has a managed policy/,
    ],
    "one role for all": [
      setting(FUNCTION, "Role", { "Fn::GetAtt": ["One", "Arn"] }),
      /functions share a role/,
    ],
    "a function on the internet": [adding("Url", "AWS::Lambda::Url", {}), /Url opens a function/],
  },
  https: {
    "the default TLS policy": [
      setting("AWS::ApiGateway::RestApi", "SecurityPolicy", undefined),
      /takes old TLS/,
    ],
    "an old TLS policy": [
      setting("AWS::ApiGateway::RestApi", "SecurityPolicy", "TLS_1_0"),
      /takes old TLS/,
    ],
    "TLS without forward secrecy": [
      setting("AWS::ApiGateway::RestApi", "SecurityPolicy", "SecurityPolicy_TLS13_1_2_2021_06"),
      /takes old TLS/,
    ],
    "names that may differ": [
      setting("AWS::ApiGateway::RestApi", "EndpointAccessMode", "BASIC"),
      /does not compare the names/,
    ],
    "a domain with old TLS": [
      adding("Domain", "AWS::ApiGateway::DomainName", { SecurityPolicy: "TLS_1_2" }),
      /Domain takes old TLS/,
    ],
    "no HSTS": [policy({ safeHeaders: {} }), /no HSTS/],
    "Twilio in the clear": [
      variable("TWILIO_BASE_URL", "http://api.twilio.com"),
      /Twilio is called without TLS/,
    ],
    "alarms in the clear": [
      without("AWS::SNS::TopicPolicy"),
      /alarms may be published without TLS/,
    ],
    "two doors": [
      (found) => ({
        ...found,
        stage: { ...found.stage, domain: { name: "a.example", certificateArn: "arn" } },
      }),
      /a second door/,
    ],
    "no API": [without("AWS::ApiGateway::RestApi"), /there is no API/],
  },
  bodies: {
    "a route without a model": [
      setting("AWS::ApiGateway::Method", "RequestModels", undefined),
      /takes any body/,
    ],
    "a validator that looks away": [
      setting("AWS::ApiGateway::RequestValidator", "ValidateRequestBody", false),
      /takes any body/,
    ],
  },
  destinations: {
    "a premium number": [
      policy({ judgePhone: accepting("+449098790000") }),
      /premium rate, 090: a code would be sent/,
    ],
    "a personal number": [policy({ judgePhone: accepting("+447012345678") }), /personal, 070/],
    "a landline": [policy({ judgePhone: accepting("+442079460018") }), /landline/],
    Jersey: [policy({ judgePhone: accepting("+447797123456") }), /Jersey/],
    "another country": [policy({ judgePhone: accepting("+33612345678") }), /France/],
    "another country than the stage names": [
      variable("PHONE_COUNTRIES", "GB,FR"),
      /France: a code would be sent/,
    ],
    "unallocated blocks": [
      variable("UNALLOCATED_BLOCKS", "count"),
      /a block without a holder: a code would be sent/,
    ],
    "a choice that is none": [
      variable("UNALLOCATED_BLOCKS", "perhaps"),
      /do not start: unallocated blocks are refused or counted, not "perhaps"/,
    ],
    "no countries": [variable("PHONE_COUNTRIES", undefined), /do not start: "" is no country/],
    nobody: [
      policy({ judgePhone: () => ({ kind: "refused", why: "phone-invalid" }) }),
      /UK mobiles are refused/,
    ],
    "fiction in production": [
      variable("FICTIONAL_NUMBERS", "accepted"),
      /production sends to numbers of fiction/,
    ],
  },
  credentials: {
    "functions that take any mode": [
      variable("TWILIO_MODE", undefined),
      /takes credentials of any mode/,
    ],
    "test credentials in production": [variable("TWILIO_MODE", "test"), /no code is delivered/],
    "no reason": [
      (found) => ({ ...found, stage: { ...found.stage, twilio: { live: true, because: " " } } }),
      /no written reason/,
    ],
  },
  alarmed: {
    "no alarm for pumping": [
      without(ALARM, "WatchAlarmsunverifiedsends"),
      /no alarm for unverified-sends/,
    ],
    "an alarm without a recipient": [
      setting(ALARM, "AlarmActions", undefined, "WatchAlarmsrequestspike"),
      /request-spike has no recipient/,
    ],
    "an alarm that is switched off": [
      setting(ALARM, "ActionsEnabled", false, "WatchAlarmsrequestspike"),
      /request-spike has no recipient/,
    ],
    "a page that is missing": [
      setting("AWS::CloudWatch::CompositeAlarm", "AlarmActions", []),
      /server-errors has no recipient/,
    ],
    "no runbook": [
      setting(ALARM, "AlarmDescription", "Trouble.", "WatchAlarmslatency"),
      /latency leads to no runbook/,
    ],
    "no recipient": [without("AWS::SNS::Subscription"), /production alarms have no recipient/],
    "no dashboard": [without("AWS::CloudWatch::Dashboard"), /no dashboard/],
    "logs for ever": [
      setting("AWS::Logs::LogGroup", "RetentionInDays", undefined, "CheckCodeLog"),
      /CheckCodeLog.* is kept for ever/,
    ],
  },
  "keys-watched": {
    "no rule": [without("AWS::Events::Rule"), /no alarm watches KeysNumbers/],
    "a rule that is off": [
      setting("AWS::Events::Rule", "State", "DISABLED"),
      /PutKeyPolicy goes unseen/,
    ],
    "a rule without a recipient": [
      setting("AWS::Events::Rule", "Targets", []),
      /GenerateMac goes unseen/,
    ],
    "code that may be changed unseen": [
      without("AWS::Events::Rule", "WatchCodeMisuse"),
      /UpdateFunctionCode goes unseen/,
    ],
    "no keys": [without("AWS::KMS::Key"), /there are no keys/],
  },
  kept: {
    "no TTL": [setting(TABLE, "TimeToLiveSpecification", undefined), /expired items stay/],
    "TTL on another attribute": [
      setting(TABLE, "TimeToLiveSpecification", { Enabled: true, AttributeName: "expiresAt" }),
      /expired items stay/,
    ],
    "no recovery": [replicaWith({ PointInTimeRecoverySpecification: {} }), /cannot be recovered/],
    "no protection": [replicaWith({ DeletionProtectionEnabled: false }), /table can be deleted/],
    "a table that goes": [going(TABLE), /TableCD117FA1 goes with the stack/],
    "keys that go": [going("AWS::KMS::Key"), /KeysNumbers.* goes with the stack/],
    "no table": [without(TABLE), /there is no table/],
  },
};

describe("a line turns", () => {
  it("in at least one way for every question", () => {
    expect(Object.keys(BROKEN).toSorted()).toEqual(QUESTIONS.map(({ id }) => id).toSorted());
  });

  const cases = Object.entries(BROKEN).flatMap(([id, ways]) =>
    Object.entries(ways).map(([what, [broken, words]]) => ({ id, what, broken, words })),
  );
  it.each(cases)("$id with $what", ({ id, broken, words }) => {
    expect(faultsOf(id, broken(of("prod"))).join("\n")).toMatch(words);
  });

  it("in development with live credentials without a reason", () => {
    const live = variable("TWILIO_MODE", "live")(of("dev"));
    expect(faultsOf("credentials", live)).toContain("live credentials have no written reason");
  });

  it("in development with live credentials that reach anyone, or an unknown list", () => {
    const stage: Stage = { ...STAGES.dev, twilio: { live: true, because: "A handset is tried." } };
    const live: Evidence = { ...variable("TWILIO_MODE", "live")(of("dev")), stage };
    const words = "live credentials outside production may reach anyone";
    expect(faultsOf("credentials", live)).toEqual([words]);
    expect(faultsOf("credentials", variable("TWILIO_RECIPIENTS", undefined)(live))).toEqual([
      words,
    ]);
    expect(faultsOf("credentials", variable("TWILIO_RECIPIENTS", "listed")(live))).toEqual([]);
  });
});

describe("where messages go", () => {
  it("is told with the countries and the blocks that the stage names, and holds", () => {
    const { template, stage, ...rest } = variable(
      "UNALLOCATED_BLOCKS",
      "count",
    )(variable("PHONE_COUNTRIES", "GB,FR")(of("prod")));
    const opened: Stage = { ...stage, countries: ["GB", "FR"], unallocatedBlocks: "count" };
    const question = QUESTIONS.find(({ id }) => id === "destinations");
    const found = question?.find({ template, stage: opened, ...rest });
    expect(found?.faults).toEqual([]);
    expect(found?.value).toContain("mobiles of GB and FR");
    expect(found?.value).toContain("unallocated UK blocks too");
  });
});

describe("every line", () => {
  it.each(QUESTIONS)("$id names files that are there", ({ enforced, tested }) => {
    expect(enforced.length).toBeGreaterThan(0);
    expect(tested.length).toBeGreaterThan(0);
    for (const file of [...enforced, ...tested])
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  });
});

describe("the list", () => {
  it("tells people the numbers, what does not hold, and where, and machines the same", () => {
    const found = limit({ codeLifetimeSeconds: 30 })(of("prod"));
    const answers = answer(found);
    const text = stripVTControlCharacters(checklistWords("prod", answers, factsOf(found)));
    for (const part of [
      `about prod · ${QUESTIONS.length - 1} of ${QUESTIONS.length} hold`,
      "✗ Do codes expire?",
      "→ 30 seconds are not between 60 and 300",
      "✓ Is it HTTPS everywhere?",
      "in functions/policy/limits.ts, tested by test/unit/verification/check.test.ts",
      "50 guesses a day: 0.005 %; 89 in a row at most: 0.0089 %",
      "$300.00: the spend cap, reserved before each message",
      "1,080,000 verifications a day from web pages, 4 requests each",
    ])
      expect(text).toContain(part);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(132);
    const summary = stripVTControlCharacters(checklistSummary("prod", answers));
    expect(summary).toContain("✗ Do codes expire?");
    expect(summary).not.toContain("✓");
    const told = JSON.parse(checklistJson("prod", answers, factsOf(found)));
    expect(told).toMatchObject({ stage: "prod", holds: false });
    expect(told.answers).toHaveLength(QUESTIONS.length);
    expect(told.answers[0]).toMatchObject({ id: "random", holds: true, faults: [] });
  });
});
