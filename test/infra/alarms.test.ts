import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { metricsOf, watchedOffline } from "../../infra/alarm-replay.ts";
import { ALARM_GROUPS, alarmRows } from "../../infra/alarm-rows.ts";
import { descriptionOf } from "../../infra/alarms.ts";
import { byFunction, FUNCTION_NAMES } from "../../infra/by-function.ts";
import { STAGES } from "../../infra/stages.ts";
import { alarmsIn, resourceIn, templateOf, textIn } from "./stack.ts";

const prod = templateOf("prod");
const alarms = [...alarmsIn(prod)];
const RUNBOOKS = join(import.meta.dirname, "../../docs/operate/runbooks");
const topic = { Ref: resourceIn(prod, "AWS::SNS::Topic", "WatchAlertsTopic").id };
const composites = new Map(
  Object.values(prod.findResources("AWS::CloudWatch::CompositeAlarm")).map(
    ({ Properties }) =>
      [Properties["AlarmName"].replace("latchkey-prod-", ""), Properties] as const,
  ),
);
const refOf = (type: string, id: string) => textIn(prod, { Ref: resourceIn(prod, type, id).id });
const idOfFunction = (name: string) =>
  name.replace(/(?:^|-)\w/g, (to) => (to.at(-1) ?? "").toUpperCase());
const { id: letters } = resourceIn(prod, "AWS::SQS::Queue", "DeadLetters");
const rows = new Map(
  alarmRows({
    ...{ ...watchedOffline(STAGES.prod), name: "latchkey-prod" },
    tableName: refOf("AWS::DynamoDB::GlobalTable", "Table"),
    functionNames: byFunction((name) => refOf("AWS::Lambda::Function", idOfFunction(name))),
    deadLettersName: textIn(prod, { "Fn::GetAtt": [letters, "QueueName"] }),
    ruleNames: ["Key", "Secret", "Code", "Other", "Log", "Way"].map((of) =>
      refOf("AWS::Events::Rule", `Watch${of}Misuse`),
    ),
  }).map((row) => [row.name, row] as const),
);

type Properties = (typeof alarms)[number][1];

/** The series of an alarm of the template, and their periods; one metric stands alone as it does in a row. */
function seriesIn({ Metrics, Statistic, ExtendedStatistic, ...one }: Properties) {
  const Stat = Statistic ?? ExtendedStatistic;
  const single = { Id: "value", MetricStat: { Metric: one, Stat, Period: one.Period } };
  return [Metrics ?? single].flat().flatMap(({ Id, MetricStat }: Properties) =>
    MetricStat === undefined
      ? []
      : {
          ...{ id: Id, namespace: MetricStat.Metric.Namespace, name: MetricStat.Metric.MetricName },
          ...{ statistic: MetricStat.Stat, period: MetricStat.Period },
          dimensions: Object.fromEntries(
            (MetricStat.Metric.Dimensions ?? []).map(({ Name, Value }: Properties) => [
              Name,
              textIn(prod, Value),
            ]),
          ),
        },
  );
}

/** The link to the dashboard in the region of the local system, which is the simulated one. */
const runbookIn = (description: unknown) =>
  /What to do: runbook ([a-z-]+) at https:\/\/console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-2#dashboards\/dashboard\/latchkey-prod-eu-west-2$/.exec(
    textIn(prod, description),
  )?.[1];

describe.each(alarms)("the alarm %s", (name, alarm) => {
  const row = rows.get(name) ?? expect.unreachable(`${name} has no row`);
  const { signal, periodSeconds: period } = row;

  it("compares the metric of its row, over periods that CloudWatch has", () => {
    const isBand = "unusual" in signal;
    expect(alarm).toMatchObject({
      ComparisonOperator: isBand ? "GreaterThanUpperThreshold" : "GreaterThanThreshold",
      ...(isBand ? {} : { Threshold: row.threshold }),
      EvaluationPeriods: row.periods,
      DatapointsToAlarm: row.datapoints,
      TreatMissingData: row.keepsState ? "ignore" : "notBreaching",
    });
    expect(period % 60).toBe(0);
    // A day is the most that an alarm may look back.
    expect(period * row.periods).toBeLessThanOrEqual(86_400);
  });

  it("looks at the series of its row", () => {
    const { Metrics = [] } = alarm;
    const result = Metrics.find(({ ReturnData = true }) => ReturnData);
    if ("expression" in signal) expect(result.Expression).toBe(signal.expression);
    if ("largestOf" in signal) return expect(result.Period).toBe(period);
    const metrics = "unusual" in signal ? { m0: signal.unusual } : metricsOf(row);
    expect(seriesIn(alarm)).toEqual(
      Object.entries(metrics).map(([id, metric]) => ({ id, period, ...metric })),
    );
    expect(Metrics.length).toBeLessThanOrEqual(10);
  });

  it("leads to its runbook, on the dashboard or at the address of the stage", () => {
    expect(runbookIn(alarm.AlarmDescription)).toBe(row.runbook);
    const stage = { ...STAGES.prod, runbooksUrl: "https://wiki.acme.com/runbooks/" };
    expect(descriptionOf({ name: "", stage }, row)).toBe(
      `${row.summary} What to do: https://wiki.acme.com/runbooks/${row.runbook}.md`,
    );
  });

  it("mails: alone, or through the mail of its group", () => {
    const groups = [...composites].flatMap(([group, { AlarmRule }]) =>
      JSON.stringify(AlarmRule).includes(idOf(name)) ? [group] : [],
    );
    const { mail } = row;
    expect(alarm.AlarmActions ?? []).toEqual(mail === "alone" ? [topic] : []);
    expect(alarm.OKActions ?? []).toEqual(mail === "alone" ? [topic] : []);
    expect(groups).toEqual(mail === "alone" ? [] : [mail]);
  });
});

function idOf(name: string): string {
  const found = Object.entries(prod.findResources("AWS::CloudWatch::Alarm")).find(
    ([, { Properties }]) => Properties.AlarmName === `latchkey-prod-${name}`,
  );
  return found?.[0] ?? "nowhere";
}

describe("the alarms", () => {
  it("are the rows, and each function has one", () => {
    expect(alarms.map(([name]) => name)).toEqual([...rows.keys()]);
    for (const name of FUNCTION_NAMES) expect(rows.has(`function-faults-${name}`)).toBe(true);
  });

  it("are separate: no abuse is muted by a page that is red already, or by anything else", () => {
    expect([...composites.keys()].toSorted()).toEqual(Object.keys(ALARM_GROUPS).toSorted());
    for (const composite of composites.values()) {
      const { AlarmActions, OKActions, ActionsSuppressor, AlarmDescription } = composite;
      expect([AlarmActions, OKActions]).toEqual([[topic], [topic]]);
      expect(ActionsSuppressor).toBeUndefined();
      expect(runbookIn(AlarmDescription)).toMatch(/^(faults|request-spike)$/);
    }
    expect(JSON.stringify(composites.get("unusual")?.AlarmRule)).toContain(" AND ");
    expect(prod.findResources("AWS::CloudWatch::AlarmMuteRule")).toEqual({});
  });

  it("of a stage that expects hardly any requests are above what one clumsy person does", () => {
    const small = { ...STAGES.prod, expectedRequestsPerMinute: 5 };
    const thresholds = alarmRows(watchedOffline(small)).map((row) => [row.name, row.threshold]);
    expect(thresholds).toContainEqual(["refusal-spike", 20]);
    expect(thresholds).toContainEqual(["wrong-codes", 10]);
  });

  it.each(["undelivered", "callbacks-refused", "faults-of-any-kind"])(
    "mail %s alone: strangers can keep it on, and it would hide every other fault of its group",
    (name) => {
      expect(rows.get(name)?.mail).toBe("alone");
    },
  );

  it("count the starts of each address at the gateway, and nothing but the address", () => {
    const { RuleBody, RuleName, RuleState } = resourceIn(
      prod,
      "AWS::CloudWatch::InsightRule",
      "WatchClients",
    ).resource["Properties"];
    const [head, group, tail] = RuleBody["Fn::Join"][1];
    expect(JSON.parse(`${head}group${tail}`)).toEqual({
      Schema: { Name: "CloudWatchLogRule", Version: 1 },
      LogGroupNames: ["group"],
      LogFormat: "JSON",
      Contribution: {
        Keys: ["$.ip"],
        Filters: [{ Match: "$.route", In: ["POST /v1/verifications"] }],
      },
      AggregateOn: "Count",
    });
    expect(group).toEqual({ Ref: resourceIn(prod, "AWS::Logs::LogGroup", "GatewayAccessLog").id });
    expect(RuleState).toBe("ENABLED");
    const hot = JSON.stringify(new Map(alarms).get("hot-client")?.Metrics);
    expect(RuleName).toBe("latchkey-prod-clients");
    expect(hot).toContain("INSIGHT_RULE_METRIC(");
    expect(hot).toContain(resourceIn(prod, "AWS::CloudWatch::InsightRule", "WatchClients").id);
  });
});

describe("the runbooks", () => {
  const pages = readdirSync(RUNBOOKS).filter((page) => page !== "README.md");
  const index = readFileSync(join(RUNBOOKS, "README.md"), "utf8");

  it("are one for each alarm, one for the keys and one for the certificate of a domain", () => {
    const wanted = new Set([...rows.values()].map(({ runbook }) => `${runbook}.md`));
    expect(pages.toSorted()).toEqual([...wanted, "certificate.md", "key-misuse.md"].toSorted());
  });

  it.each([...rows.values()].filter(({ mail }) => mail !== "unusual"))(
    "are listed with the alarm $name",
    ({ name, runbook }) => {
      const links = index.match(new RegExp(`\\[[^\\]]*\\]\\(${runbook}\\.md\\)`))?.[0] ?? "";
      expect(links.split(/[[\], ]+/)).toContain(name.replace(/^(function-faults)-.*/, "$1"));
    },
  );

  it.each(pages)("%s states what it means, how to look, what to do and how to undo it", (page) => {
    const text = readFileSync(join(RUNBOOKS, page), "utf8");
    const steps = [...text.matchAll(/^\*\*(.+)\.\*\*/gm)].map(([, step]) => step);
    expect(steps).toEqual(["What it means", "How to look", "What to do", "How to undo"]);
    expect(index).toContain(`](${page})`);
    for (const [, link = ""] of text.matchAll(/\]\(([a-z-]+\.md)\)/g))
      expect(pages).toContain(link);
  });
});

describe("the topic of alerts", () => {
  const fromHere = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };

  it("is encrypted with a key that CloudWatch may use for this account, and EventBridge without a condition, which it would not meet", () => {
    const { id, resource } = resourceIn(prod, "AWS::KMS::Key", "WatchAlertsKey");
    prod.hasResourceProperties("AWS::SNS::Topic", {
      KmsMasterKeyId: { "Fn::GetAtt": [id, "Arn"] },
    });
    expect(resource["Properties"].EnableKeyRotation).toBe(true);
    const allowed = {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
    };
    expect(resource["Properties"].KeyPolicy.Statement.slice(1)).toEqual([
      { ...allowed, Principal: { Service: "cloudwatch.amazonaws.com" }, Condition: fromHere },
      { ...allowed, Principal: { Service: "events.amazonaws.com" } },
    ]);
  });

  it("takes messages from alarms of this account and from the rules of this stack", () => {
    const ruleArns = ["Key", "Secret", "Code", "Other", "Log", "Way"].map((of) => ({
      "Fn::GetAtt": [resourceIn(prod, "AWS::Events::Rule", `Watch${of}Misuse`).id, "Arn"],
    }));
    const isSo = () =>
      prod.hasResourceProperties("AWS::SNS::TopicPolicy", {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: "Allow",
              Action: "sns:Publish",
              Principal: { Service: "cloudwatch.amazonaws.com" },
              Condition: fromHere,
            }),
            Match.objectLike({
              Effect: "Allow",
              Action: "sns:Publish",
              Principal: { Service: "events.amazonaws.com" },
              Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
            }),
          ]),
        },
      });
    expect(isSo).not.toThrow();
  });

  it("writes to the address that the stage names, and has no subscription without one", () => {
    prod.hasResourceProperties("AWS::SNS::Subscription", {
      Protocol: "email",
      Endpoint: STAGES.prod.alertEmail,
      TopicArn: topic,
    });
    expect(templateOf("dev").findResources("AWS::SNS::Subscription")).toEqual({});
  });
});
