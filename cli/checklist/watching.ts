import { at, listOf, type Resource, resourcesOf, type Template } from "../template.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";

const TOPIC = "Watching and keeping";

export const WATCHING_QUESTIONS: readonly Question[] = [
  {
    id: "alarmed",
    topic: TOPIC,
    asks: "Is it tracked, and is somebody told?",
    find: alarmed,
    enforced: ["infra/alarm-rows.ts", "infra/alarms.ts", "infra/alert-topic.ts"],
    tested: ["test/infra/alarm-replay.test.ts", "test/infra/alarms.test.ts"],
  },
  {
    id: "keys-watched",
    topic: TOPIC,
    asks: "Does it show when a key is used or changed by others?",
    find: ({ template }) => keysWatched(template),
    enforced: ["infra/key-watch.ts", "infra/code-watch.ts"],
    tested: ["test/infra/keys.test.ts"],
  },
  {
    id: "kept",
    topic: TOPIC,
    asks: "Can data be recovered, and does it go when it should?",
    find: kept,
    enforced: [
      "infra/verification-table.ts",
      "functions/policy/retention.ts",
      "infra/retention.ts",
    ],
    tested: ["test/infra/data.test.ts", "test/contract/facts/tables.ts"],
  },
];

/** Events that an alarm must report, by the names of alarms. */
const SIGNALS = [
  "request-spike",
  "refusal-spike",
  "wrong-codes",
  "unverified-sends",
  "hot-client",
  "provider-errors",
  "server-errors",
] as const;

function alarmed({ stage, template }: Evidence): Finding {
  const alarms = resourcesOf(template, "AWS::CloudWatch::Alarm");
  const composites = resourcesOf(template, "AWS::CloudWatch::CompositeAlarm");
  const names = alarms.map(({ Properties }) => String(Properties["AlarmName"]));
  const told = [...alarms, ...composites].filter(tells);
  const inComposite = JSON.stringify(
    composites.filter(tells).map(({ Properties }) => Properties["AlarmRule"]),
  );
  const mute = alarms.filter((alarm) => !tells(alarm) && !inComposite.includes(`"${alarm.id}"`));
  const mails = resourcesOf(template, "AWS::SNS::Subscription").flatMap(({ Properties }) =>
    listOf(Properties["Endpoint"]).map(String),
  );
  return {
    value: `${alarms.length} alarms, ${told.length} pages, ${mails.length === 0 ? "no recipient" : `sent to ${mails.join(", ")}`}`,
    faults: [
      ...SIGNALS.filter((signal) => !names.some((name) => name.endsWith(`-${signal}`))).map(
        (signal) => `no alarm for ${signal}`,
      ),
      ...mute.map(({ Properties }) => `${Properties["AlarmName"]} has no recipient`),
      ...alarms
        .filter(
          ({ Properties }) => !/https:\/\/\S+\.md/.test(String(Properties["AlarmDescription"])),
        )
        .map(({ Properties }) => `${Properties["AlarmName"]} leads to no runbook`),
      ...logsKeptForever(template),
      ...faultsOf({
        "production alarms have no recipient": stage.production && mails.length === 0,
        "there is no dashboard": resourcesOf(template, "AWS::CloudWatch::Dashboard").length === 0,
      }),
    ],
  };
}

function tells({ Properties }: Resource): boolean {
  return listOf(Properties["AlarmActions"]).length > 0 && Properties["ActionsEnabled"] !== false;
}

function logsKeptForever(template: Template): readonly string[] {
  return resourcesOf(template, "AWS::Logs::LogGroup")
    .filter(({ Properties }) => typeof Properties["RetentionInDays"] !== "number")
    .map(({ id }) => `${id} is kept for ever`);
}

function keysWatched(template: Template): Finding {
  const keys = resourcesOf(template, "AWS::KMS::Key").filter(
    ({ Properties }) => Properties["KeySpec"] !== undefined,
  );
  const rules = resourcesOf(template, "AWS::Events::Rule").filter(
    ({ Properties }) =>
      String(Properties["State"]).startsWith("ENABLED") && listOf(Properties["Targets"]).length > 0,
  );
  const watched = JSON.stringify(rules.map(({ Properties }) => Properties["EventPattern"]));
  const has = (word: string) => watched.includes(`"${word}"`);
  return {
    value: `${keys.length} keys; use by others, changes of policy and code by hand are told, where the account has a CloudTrail trail; changes of roles only in us-east-1`,
    faults: [
      ...keys.filter(({ id }) => !has(id)).map(({ id }) => `no alarm watches ${id}`),
      ...["PutKeyPolicy", "ScheduleKeyDeletion", "GenerateMac", "Sign", "UpdateFunctionCode"]
        .filter((act) => !has(act))
        .map((act) => `${act} goes unseen`),
      ...faultsOf({ "there are no keys": keys.length === 0 }),
    ],
  };
}

const STATEFUL = [
  "AWS::DynamoDB::GlobalTable",
  "AWS::KMS::Key",
  "AWS::SecretsManager::Secret",
] as const;

/** Deletion policies that keep the data. The second deletes the data only when a first deployment fails. */
const KEPT: readonly string[] = ["Retain", "RetainExceptOnCreate"];

function kept({ stage, template }: Evidence): Finding {
  const tables = resourcesOf(template, "AWS::DynamoDB::GlobalTable");
  const ttl = tables.every(
    ({ Properties }) =>
      at(Properties, "TimeToLiveSpecification", "Enabled") === true &&
      at(Properties, "TimeToLiveSpecification", "AttributeName") === "deleteAfter",
  );
  const replicas = tables.flatMap(({ Properties }) => listOf(Properties["Replicas"]));
  const hasRecovery = replicas.every(
    (one) => at(one, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") === true,
  );
  const isProtected = replicas.every((one) => at(one, "DeletionProtectionEnabled") === true);
  const going = STATEFUL.flatMap((type) => resourcesOf(template, type)).filter(
    ({ DeletionPolicy }) => !KEPT.includes(DeletionPolicy ?? ""),
  );
  return {
    value: stage.production
      ? "any second of 35 days can be recovered; expired items are deleted"
      : "expired items are deleted; nothing is recovered outside production",
    faults: [
      ...faultsOf({
        "there is no table": tables.length === 0,
        "expired items stay": !ttl,
        "production cannot be recovered": stage.production && !hasRecovery,
        "production's table can be deleted": stage.production && !isProtected,
      }),
      ...(stage.production ? going.map(({ id }) => `${id} goes with the stack`) : []),
    ],
  };
}
