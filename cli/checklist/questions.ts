import { placeholdersOf } from "../../infra/stage-rules.ts";
import { at, listOf, resourcesOf } from "../template.ts";
import { bill, credentials, destinations, senders } from "./destinations.ts";
import { expiry, guesses, perClient, perNumber, sharedScopes } from "./limits.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";
import type { Answer } from "./words.ts";

const CODES = "Codes";
const LIMITS = "Limits";
const SECRECY = "Secrecy and transport";
const MONEY = "Destinations and money";
const WATCHING = "Watching and keeping";

/** For a question that the checks of every synthesis answer. */
const states = (value: string) => (): Finding => ({ value, faults: [] });

/** The questions, the most important first. */
export const QUESTIONS: readonly Question[] = [
  {
    id: "expire",
    topic: CODES,
    asks: "Do codes expire?",
    find: expiry,
    enforced: ["functions/policy/limits.ts", "functions/adapters/dynamodb/verifications.ts"],
    tested: ["test/unit/verification/check.test.ts", "test/contract/facts/codes.ts"],
  },
  {
    id: "guesses",
    topic: CODES,
    asks: "Are guesses limited?",
    find: guesses,
    enforced: ["functions/verification/check.ts", "functions/adapters/dynamodb/numbers.ts"],
    tested: ["test/unit/verification/check.test.ts", "test/contract/facts/numbers.ts"],
  },
  {
    id: "per-number",
    topic: LIMITS,
    asks: "Is one number limited, for all callers together?",
    find: perNumber,
    enforced: ["functions/policy/limits.ts", "functions/adapters/dynamodb/numbers.ts"],
    tested: ["test/contract/facts/numbers.ts", "test/property/model.test.ts"],
  },
  {
    id: "per-client",
    topic: LIMITS,
    asks: "Is one client limited on all routes?",
    rules: ["firewall_stands_and_logs_no_path"],
    find: perClient,
    enforced: ["functions/verification/client.ts", "infra/firewall-rules.ts"],
    tested: ["test/unit/verification/client.test.ts", "test/infra/firewall.test.ts"],
  },
  {
    id: "shared-scopes",
    topic: LIMITS,
    asks: "Can pumping and guessing not be spread over many clients and numbers?",
    find: sharedScopes,
    enforced: ["functions/verification/admission.ts", "functions/policy/limits.ts"],
    tested: ["test/unit/verification/admission.test.ts", "test/contract/facts/starts.ts"],
  },
  {
    id: "everybody",
    topic: LIMITS,
    asks: "Are all callers together limited?",
    rules: ["gateway_logs_and_throttles"],
    find: ({ stage: { throttle, sendThrottle } }) =>
      states(
        `${throttle.requestsPerSecond} requests a second, ${sendThrottle.requestsPerSecond} on each route that sends; each is logged without path or body`,
      )(),
    enforced: ["infra/gateway.ts", "latchkey.config.ts"],
    tested: ["test/infra/gateway.test.ts"],
  },
  {
    id: "at-rest",
    topic: SECRECY,
    asks: "Is nothing readable at rest, even for the team?",
    rules: ["keys_are_denied_to_others", "alerts_are_encrypted"],
    find: ({ template }) =>
      states(
        `codes and numbers are MACs or sealed under ${macKeys(template)} KMS keys, which only the functions use`,
      )(),
    enforced: ["infra/keys.ts", "functions/verification/seal.ts"],
    tested: ["test/infra/keys.test.ts", "test/contract/facts/tables.ts"],
  },
  {
    id: "secrets",
    topic: SECRECY,
    asks: "Does no secret lie in code, template or environment?",
    rules: ["secrets_are_not_in_the_template", "gateway_repeats_nothing"],
    find: states("all in Secrets Manager, put there by hand; no answer repeats a body"),
    enforced: ["infra/twilio-secret.ts", "infra/environments.ts"],
    tested: ["test/infra/data.test.ts", "test/infra/functions.test.ts"],
  },
  {
    id: "rights",
    topic: SECRECY,
    asks: "Does each function have only the rights that it needs?",
    rules: ["roles_name_their_actions", "functions_are_reached_by_the_gateway_alone"],
    find: states(
      "each with a role of its own, actions named one by one, none open to the internet",
    ),
    enforced: ["infra/functions.ts", "infra/api-function.ts"],
    tested: ["test/infra/functions.test.ts"],
  },
  {
    id: "https",
    topic: SECRECY,
    asks: "Is every connection HTTPS?",
    rules: ["api_insists_on_modern_tls", "domain_insists_on_modern_tls", "AwsSolutions-SNS3"],
    find: states("TLS 1.2 or 1.3 with forward secrecy, strict; HSTS for a year"),
    enforced: ["infra/gateway.ts", "functions/http/answer.ts", "infra/alert-topic.ts"],
    tested: ["test/infra/transport.test.ts", "test/attacks/c-disclosure.test.ts"],
  },
  {
    id: "bodies",
    topic: SECRECY,
    asks: "Are malformed bodies refused before a function runs?",
    rules: ["bodies_are_validated"],
    find: states("every route with a JSON body has a model, and the gateway validates it"),
    enforced: ["infra/models.ts", "infra/gateway.ts"],
    tested: ["test/infra/models.test.ts", "test/infra/gateway.test.ts"],
  },
  {
    id: "destinations",
    topic: MONEY,
    asks: "Are premium-rate numbers blocked, and mobiles of the countries in the stage the only ones sent to?",
    find: destinations,
    enforced: ["functions/verification/phone-policy.ts", "functions/policy/destinations.ts"],
    tested: ["test/unit/verification/phone-policy.test.ts"],
  },
  {
    id: "senders",
    topic: MONEY,
    asks: "Does each country get a sender that its carriers take?",
    find: senders,
    enforced: ["functions/policy/sender-rules.ts", "infra/sender-faults.ts"],
    tested: ["test/infra/senders.test.ts", "test/unit/adapters/twilio.test.ts"],
  },
  {
    id: "own-values",
    topic: MONEY,
    asks: "Are all values your own, and none that of the example?",
    find: ({ stage }) => ({
      value: "a deployment to production is refused otherwise: npm run setup asks for them",
      faults: placeholdersOf(stage).map((field) => `${field} is still an example`),
    }),
    enforced: ["infra/stage-rules.ts", "cli/deploy-command.ts"],
    tested: ["test/infra/stages.test.ts", "test/cli/setup.test.ts"],
  },
  {
    id: "bill",
    topic: MONEY,
    asks: "Is the highest bill for messages set?",
    find: bill,
    enforced: ["functions/verification/spend.ts", "functions/adapters/dynamodb/spend.ts"],
    tested: ["test/contract/facts/starts.ts", "test/unit/verification/spend.test.ts"],
  },
  {
    id: "credentials",
    topic: MONEY,
    asks: "Does only production send real messages?",
    find: credentials,
    enforced: [
      "functions/adapters/twilio/credentials.ts",
      "functions/adapters/twilio/recipients.ts",
    ],
    tested: [
      "test/unit/adapters/twilio-credentials.test.ts",
      "test/unit/adapters/recipients.test.ts",
    ],
  },
  {
    id: "alarmed",
    topic: WATCHING,
    asks: "Do metrics and alarms exist, and do they reach a person?",
    rules: ["alarms_lead_to_a_runbook", "logs_end"],
    find: alarmed,
    enforced: ["infra/alarm-rows.ts", "infra/alarms.ts", "infra/alert-topic.ts"],
    tested: ["test/infra/alarm-replay.test.ts", "test/infra/alarms.test.ts"],
  },
  {
    id: "keys-watched",
    topic: WATCHING,
    asks: "Is the use or change of a key by others reported?",
    rules: ["keys_are_watched"],
    find: states(
      "use by others, changes of policy and code by hand are reported, where the account has a CloudTrail trail; changes of roles only in us-east-1",
    ),
    enforced: ["infra/misuse-watch.ts"],
    tested: ["test/infra/keys.test.ts"],
  },
  {
    id: "kept",
    topic: WATCHING,
    asks: "Can data be recovered, and do expired items go?",
    rules: ["table_forgets"],
    find: kept,
    enforced: ["infra/verification-table.ts", "infra/retention.ts"],
    tested: ["test/infra/data.test.ts", "test/contract/facts/tables.ts"],
  },
  {
    id: "checks",
    topic: WATCHING,
    asks: "Does the template pass every other check of a deployment?",
    find: states("the Guard rules, cdk-nag and AWS's validator, as at every deployment"),
    enforced: ["infra/checks.ts", "infra/latchkey.guard"],
    tested: ["test/infra/checks.test.ts"],
  },
];

/** Questions whose answer no setting changes: tests of the code prove them, and the list can only name these. */
export const PROVEN: readonly (readonly [asks: string, test: string])[] = [
  ["Are codes random?", "test/unit/verification/code.test.ts"],
  ["Does a code work only once, also in a race?", "test/contract/facts/codes.ts"],
  ["Is a code or number never shown or logged?", "test/local/system.test.ts"],
  ["Must a back end sign what it asks?", "test/infra/gateway.test.ts"],
  ["Can sending be stopped at once, and one number blocked?", "test/cli/operate.test.ts"],
];

/** Answers every question. A finding of the checks that no other question names is one of `checks`. */
export function answer(evidence: Evidence): readonly (Answer & { readonly kind: "answered" })[] {
  const named = new Set(QUESTIONS.flatMap(({ rules = [] }) => rules));
  return QUESTIONS.map(({ find, rules = [], ...question }) => {
    const { value, faults } = find(evidence);
    const found = evidence.findings
      .filter(({ rule }) => (question.id === "checks" ? !named.has(rule) : rules.includes(rule)))
      .map(({ words }) => words);
    const all = [...faults, ...found];
    return {
      ...question,
      kind: "answered",
      finding: { value, faults: all },
      holds: all.length === 0,
    };
  });
}

function macKeys(template: Evidence["template"]): number {
  return resourcesOf(template, "AWS::KMS::Key").filter(
    ({ Properties }) => Properties["KeySpec"] === "HMAC_256",
  ).length;
}

function alarmed({ stage, template }: Evidence): Finding {
  const alarms = resourcesOf(template, "AWS::CloudWatch::Alarm");
  const mails = resourcesOf(template, "AWS::SNS::Subscription").flatMap(({ Properties }) =>
    listOf(Properties["Endpoint"]).map(String),
  );
  return {
    value: `${alarms.length} alarms, ${mails.length === 0 ? "no recipient" : `sent to ${mails.join(", ")}`}`,
    faults: faultsOf({
      "production alarms have no recipient": stage.production && mails.length === 0,
    }),
  };
}

/** test/infra/data.test.ts asserts which resources outlive the stack. */
function kept({ stage, template }: Evidence): Finding {
  const replicas = resourcesOf(template, "AWS::DynamoDB::GlobalTable").flatMap(({ Properties }) =>
    listOf(Properties["Replicas"]),
  );
  const recovers = replicas.every(
    (one) => at(one, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") === true,
  );
  const isProtected = replicas.every((one) => at(one, "DeletionProtectionEnabled") === true);
  return {
    value: stage.production
      ? "any second of 35 days can be recovered; expired items are deleted"
      : "expired items are deleted; nothing is recovered outside production",
    faults: faultsOf({
      "there is no table": replicas.length === 0,
      "production cannot be recovered": stage.production && !recovers,
      "production's table can be deleted": stage.production && !isProtected,
    }),
  };
}
