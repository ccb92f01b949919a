import { DescribeTrailsCommand, GetTrailStatusCommand } from "@aws-sdk/client-cloudtrail";
import { ListMetricsCommand, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import { metricNamespace } from "../../functions/runtime/metrics.ts";
import { type Finding, faultsOf } from "../checklist/question.ts";
import { resourcesOf } from "../template.ts";
import type { LiveDeps, LiveQuestion } from "./question.ts";

const TOPIC = "Watching";

export const WATCHING_LIVE: readonly LiveQuestion[] = [
  {
    id: "told",
    topic: TOPIC,
    asks: "Is the mail of the alarms confirmed?",
    find: findSubscription,
  },
  { id: "quiet", topic: TOPIC, asks: "Are the alarms there, and quiet?", find: quiet },
  { id: "metrics", topic: TOPIC, asks: "Do log lines become metrics?", find: metrics },
  { id: "trail", topic: TOPIC, asks: "Does a trail record who uses keys?", find: trail },
];

async function findSubscription({ aws, stage, deployed }: LiveDeps): Promise<Finding> {
  const [topic] = await deployed("AWS::SNS::Topic");
  const ways: { readonly to: string; readonly isPending: boolean }[] = [];
  const input = { TopicArn: topic?.id };
  for await (const page of paginateListSubscriptionsByTopic({ client: aws.topic }, input))
    for (const { Endpoint = "", SubscriptionArn } of page.Subscriptions ?? [])
      ways.push({ to: Endpoint, isPending: SubscriptionArn === "PendingConfirmation" });
  const confirmed = ways.filter(({ isPending }) => !isPending);
  return {
    value: confirmed.length === 0 ? "no recipient" : `sent to ${listed(confirmed)}`,
    faults: [
      ...ways
        .filter(({ isPending }) => isPending)
        .map(({ to }) => `${to} has not confirmed: the mail of AWS asks for a click`),
      ...faultsOf({
        "no recipient has confirmed, and the stage names one":
          stage.alertEmail !== undefined && !confirmed.some(({ to }) => to === stage.alertEmail),
        "there is no topic for alarms": topic === undefined,
      }),
    ],
  };
}

function listed(ways: readonly { readonly to: string }[]): string {
  return ways.map(({ to }) => to).join(", ");
}

async function metrics({ aws, stackName }: LiveDeps): Promise<Finding> {
  const named = new ListMetricsCommand({ Namespace: metricNamespace(stackName) });
  const { Metrics: all = [] } = await aws.watch.send(named);
  const without = "no metric: send a request, and look again after some minutes";
  return { value: `${all.length} metrics`, faults: faultsOf({ [without]: all.length === 0 }) };
}

/** An alarm fills missing data after its first minutes. One without data for a day watches a metric that does not exist. */
const LONGEST_WITHOUT_DATA_MILLISECONDS = 86_400_000;

type LiveAlarm = {
  readonly name: string;
  readonly state: string;
  readonly isActive: boolean;
  readonly since: number;
};

async function quiet({ aws, stackName, template, now }: LiveDeps): Promise<Finding> {
  const alarms = await alarmsOf(aws.watch, `${stackName}-`);
  const rows = [
    ...resourcesOf(template, "AWS::CloudWatch::Alarm"),
    ...resourcesOf(template, "AWS::CloudWatch::CompositeAlarm"),
  ].map(({ Properties }) => Properties);
  const wanted = rows.map((one) => String(one["AlarmName"]));
  // Before the first send such an alarm has no data, and no fault.
  const silent = rows.flatMap((one) =>
    one["TreatMissingData"] === "ignore" ? [String(one["AlarmName"])] : [],
  );
  const names = alarms.map(({ name }) => name);
  return {
    value: `${alarms.length} alarms, ${alarms.filter(({ state }) => state === "OK").length} of them OK`,
    faults: [
      ...wanted.filter((name) => !names.includes(name)).map((name) => `${name} is not there`),
      ...alarms
        .map((alarm) => (silent.includes(alarm.name) ? { ...alarm, since: now() } : alarm))
        .flatMap((alarm) => alarmFaults(alarm, now())),
    ],
  };
}

async function alarmsOf(
  client: LiveDeps["aws"]["watch"],
  AlarmNamePrefix: string,
): Promise<readonly LiveAlarm[]> {
  const alarms: LiveAlarm[] = [];
  const AlarmTypes = ["MetricAlarm", "CompositeAlarm"] as const;
  const input = { AlarmNamePrefix, AlarmTypes: [...AlarmTypes] };
  for await (const page of paginateDescribeAlarms({ client }, input))
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])])
      alarms.push({
        name: alarm.AlarmName ?? "",
        state: alarm.StateValue ?? "",
        isActive: alarm.ActionsEnabled !== false,
        since: alarm.StateUpdatedTimestamp?.getTime() ?? 0,
      });
  return alarms;
}

function alarmFaults({ name, state, isActive, since }: LiveAlarm, now: number): readonly string[] {
  return faultsOf({
    [`${name} is in alarm`]: state === "ALARM",
    [`${name} has had no data for a day`]:
      state === "INSUFFICIENT_DATA" && now - since > LONGEST_WITHOUT_DATA_MILLISECONDS,
    [`${name} sends no message: its actions are off`]: !isActive,
  });
}

/** EventBridge receives the use of keys only if a trail records management events. */
async function trail({ aws, region }: LiveDeps): Promise<Finding> {
  const { trailList = [] } = await aws.trail.send(new DescribeTrailsCommand({}));
  const here = await region();
  const reaching = trailList.filter(
    ({ IsMultiRegionTrail, HomeRegion }) => IsMultiRegionTrail === true || HomeRegion === here,
  );
  const states = await Promise.all(
    reaching.map(async ({ TrailARN: Name, Name: name }) => {
      const { IsLogging } = await aws.trail.send(new GetTrailStatusCommand({ Name }));
      return IsLogging === true ? [name ?? ""] : [];
    }),
  );
  const recording = states.flat();
  return {
    value: recording.length === 0 ? "none records here" : `${recording.join(", ")} records`,
    faults: faultsOf({
      "no trail records in this region, so no alarm reports misuse of keys": recording.length === 0,
    }),
  };
}
