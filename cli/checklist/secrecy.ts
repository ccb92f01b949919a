import { at, listOf, type Resource, resourcesOf, type Template } from "../template.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";
import { actionsOf, actsOf, statementsOf } from "./statements.ts";

const TOPIC = "Secrecy";

export const SECRECY_QUESTIONS: readonly Question[] = [
  {
    id: "at-rest",
    topic: TOPIC,
    asks: "Is nothing readable at rest, even for the team?",
    find: ({ template }) => atRest(template),
    enforced: ["infra/keys.ts", "functions/verification/seal.ts", "functions/verification/code.ts"],
    tested: ["test/infra/keys.test.ts", "test/contract/facts/tables.ts"],
  },
  {
    id: "secrets",
    topic: TOPIC,
    asks: "Does no secret lie in code, template or environment?",
    find: ({ template }) => secrets(template),
    enforced: ["infra/twilio-secret.ts", "infra/environments.ts"],
    tested: ["test/infra/data.test.ts", "test/infra/functions.test.ts"],
  },
  {
    id: "shown",
    topic: TOPIC,
    asks: "Is a code or number never shown or logged?",
    find: shown,
    enforced: [
      "functions/runtime/log.ts",
      "infra/access-log.ts",
      "functions/verification/verification.ts",
    ],
    tested: ["test/local/system.test.ts", "test/infra/transport.test.ts"],
  },
  {
    id: "rights",
    topic: TOPIC,
    asks: "Can no function do more than its work?",
    find: ({ template }) => rights(template),
    enforced: ["infra/functions.ts", "infra/api-function.ts"],
    tested: ["test/infra/functions.test.ts"],
  },
];

/** What a key needs to work, and what would let others use it. */
const USES = {
  HMAC_256: ["kms:GenerateMac", "kms:VerifyMac"],
  RSA_2048: ["kms:Sign"],
} as const;

function atRest(template: Template): Finding {
  const keys = resourcesOf(template, "AWS::KMS::Key").flatMap((key) => {
    const spec = key.Properties["KeySpec"];
    return spec === "HMAC_256" || spec === "RSA_2048" ? [{ key, uses: USES[spec] }] : [];
  });
  const macs = keys.filter(({ uses }) => uses === USES.HMAC_256);
  const holders = new Set(
    rolesOf(template)
      .filter((role) => actionsOf(role).includes("kms:GenerateMac"))
      .map(({ id }) => id),
  );
  return {
    value: `codes and numbers are MACs or sealed under ${macs.length} KMS keys, which only ${holders.size} functions use`,
    faults: [
      ...faultsOf({ "numbers and codes have no keys of their own": macs.length < 2 }),
      ...keys.flatMap(({ key, uses }) => keyFaults(key, uses)),
    ],
  };
}

function keyFaults({ id, Properties }: Resource, uses: readonly string[]): readonly string[] {
  const statements = listOf(at(Properties["KeyPolicy"], "Statement"));
  const isConditioned = (statement: unknown) =>
    at(statement, "Condition", "ArnEquals", "aws:PrincipalArn") !== undefined;
  const allowsUse = (statement: unknown) =>
    at(statement, "Effect") === "Allow" && actsOf(statement).some((act) => covers(act, uses));
  const denies = statements.filter(
    (statement) =>
      at(statement, "Effect") === "Deny" &&
      at(statement, "Principal", "AWS") === "*" &&
      at(statement, "Condition", "ArnNotEquals", "aws:PrincipalArn") !== undefined &&
      [...uses, "kms:CreateGrant"].every((use) => actsOf(statement).includes(use)),
  );
  return faultsOf({
    [`${id} may be used by each principal that the account allows`]: statements.some(
      (s) => allowsUse(s) && !isConditioned(s),
    ),
    [`${id} does not deny its use to all but the functions`]: denies.length === 0,
  });
}

function covers(act: string, uses: readonly string[]): boolean {
  const pattern = new RegExp(`^${act.replaceAll("*", ".*")}$`);
  return uses.some((use) => pattern.test(use));
}

function rolesOf(template: Template): readonly Resource[] {
  return resourcesOf(template, "AWS::IAM::Role");
}

const SECRET_NAME = /(SECRET|TOKEN|PASSWORD|PEPPER|PRIVATE)(?!_ARN)/;

function secrets(template: Template): Finding {
  const stored = resourcesOf(template, "AWS::SecretsManager::Secret");
  const variables = resourcesOf(template, "AWS::Lambda::Function").flatMap(({ id, Properties }) =>
    Object.entries(Object(at(Properties, "Environment", "Variables"))).map(([name, value]) => ({
      id,
      name,
      value,
    })),
  );
  const written = variables.filter(
    ({ name, value }) =>
      typeof value === "string" && (SECRET_NAME.test(name) || looksSecret(value)),
  );
  return {
    value: `${stored.length} in Secrets Manager, put there by hand; variables hold only where it is`,
    faults: [
      ...written.map(({ id, name }) => `${id} has ${name} in its environment`),
      ...stored
        .filter(({ Properties }) => "SecretString" in Properties)
        .map(({ id }) => `${id} has its value in the template`),
      ...faultsOf({ "there is no secret for Twilio's credentials": stored.length === 0 }),
    ],
  };
}

/** Two identifiers that are public: the name of a template at Twilio, and the site key of a challenge. */
const PUBLIC = /\bHX[0-9a-fA-F]{32}\b|"siteKey":"[^"]*"/g;

/** Twenty letters and digits in a row, with both among them, are no word. */
function looksSecret(value: string): boolean {
  const withoutPublic = value.replace(PUBLIC, "");
  return (withoutPublic.match(/[A-Za-z0-9+/_-]{20,}/g) ?? []).some(
    (run) => /\d/.test(run) && /[A-Za-z]/.test(run) && !run.includes("/"),
  );
}

/** Fields that an access log may have: client, route, result. A path holds an id; a query or a body may hold anything. */
const MAY_BE_LOGGED =
  /^\$context\.(extendedRequestId|requestTime|requestTimeEpoch|identity\.(sourceIp|userArn)|httpMethod|resourcePath|status|protocol|responseLatency|responseLength|integrationLatency|error\.responseType|waf\.status|wafResponseCode|integration\.\w+)$/;

const SAMPLE_NUMBER = "+447700900123";

function shown({ template, policies }: Evidence): Finding {
  const stages = resourcesOf(template, "AWS::ApiGateway::Stage");
  const logged = stages.flatMap(({ Properties }) =>
    variablesIn(at(Properties, "AccessLogSetting", "Format")),
  );
  const leaks = logged.filter((variable) => !MAY_BE_LOGGED.test(variable));
  const view = shownTo(policies, SAMPLE_NUMBER);
  const echoes = resourcesOf(template, "AWS::ApiGateway::GatewayResponse").filter(
    ({ Properties }) =>
      /\$input|\$context\.(path|error\.(message|validation)|identity)/.test(
        JSON.stringify(Properties),
      ),
  );
  return {
    value: `a caller sees ${/"to":"([^"]*)"/.exec(view)?.[1] ?? "nothing of it"}; the access log has ${logged.length} fields and neither path nor body`,
    faults: [
      ...leaks.map((variable) => `the access log holds ${variable}`),
      ...echoes.map(({ id }) => `${id} repeats what was sent`),
      ...faultsOf({
        "no access log is written": logged.length === 0,
        "the gateway traces bodies": stages.some(tracesBodies),
        "the firewall logs paths, which hold ids": firewallLogsPaths(template),
        "a caller sees a whole number": view.includes(SAMPLE_NUMBER.slice(-9)),
      }),
    ],
  };
}

function variablesIn(format: unknown): readonly string[] {
  return typeof format === "string"
    ? (format.match(/\$(?:context|input|stageVariables)[\w.]*/g) ?? [])
    : [];
}

function tracesBodies({ Properties }: Resource): boolean {
  return listOf(Properties["MethodSettings"]).some(
    (setting) => at(setting, "DataTraceEnabled") === true || at(setting, "LoggingLevel") === "INFO",
  );
}

function firewallLogsPaths(template: Template): boolean {
  return resourcesOf(template, "AWS::WAFv2::LoggingConfiguration").some(
    ({ Properties }) =>
      !listOf(Properties["RedactedFields"]).some((field) => at(field, "UriPath") !== undefined),
  );
}

/** The response to a start for this number, as JSON. */
function shownTo({ viewOf, judgePhone, limits }: Evidence["policies"], number: string): string {
  const verdict = judgePhone(number, { fictionalNumbers: true });
  if (verdict.kind === "refused") return "";
  const sample = {
    codes: [],
    codeLength: limits.codeDigits,
    checks: 0,
    maxChecks: limits.checksPerVerification,
    tried: new Set<string>(),
    expiresAt: 0,
    resendAt: 0,
    country: verdict.country,
  } as const;
  const channels = {
    hasWhatsApp: true,
    voiceCountries: [verdict.country],
    plan: [],
    isPlanAutomatic: false,
  };
  const looking = { id: "v1-x", to: verdict.phone, now: 0, channels };
  return JSON.stringify(viewOf(sampleOf(sample), looking));
}

type Sample = Parameters<Evidence["policies"]["viewOf"]>[0];

/** A sample of a verification with the parts that a view reads. */
function sampleOf(parts: Partial<Sample>): Sample {
  return Object.assign(Object.create(null), parts);
}

function rights(template: Template): Finding {
  const functions = resourcesOf(template, "AWS::Lambda::Function");
  const roles = functions.map(({ Properties }) => String(at(Properties["Role"], "Fn::GetAtt", 0)));
  const own = rolesOf(template).filter(({ id }) => roles.includes(id));
  return {
    value: `${functions.length} functions, each with a role of its own, actions named one by one`,
    faults: [
      ...own.flatMap(wildcards),
      ...faultsOf({ "functions share a role": new Set(roles).size < functions.length }),
      ...resourcesOf(template, "AWS::Lambda::Url").map(
        ({ id }) => `${id} opens a function to the internet`,
      ),
    ],
  };
}

/** X-Ray's actions have no resources. */
function wildcards(role: Resource): readonly string[] {
  const isTrace = (statement: unknown) =>
    actsOf(statement).every((act) => act.startsWith("xray:Put"));
  const found = statementsOf(role).filter(
    (statement) =>
      actsOf(statement).some((act) => act.includes("*")) ||
      (listOf(at(statement, "Resource")).includes("*") && !isTrace(statement)),
  );
  const managed = listOf(role.Properties["ManagedPolicyArns"]);
  return faultsOf({
    [`${role.id} has a wildcard`]: found.length > 0,
    [`${role.id} has a managed policy`]: managed.length > 0,
  });
}
