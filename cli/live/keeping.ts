import {
  DescribeLogStreamsCommand,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { GetWebACLForResourceCommand } from "@aws-sdk/client-wafv2";
import { type Finding, faultsOf } from "../checklist/question.ts";
import type { LiveDeps, LiveQuestion } from "./question.ts";

const DAY_MILLISECONDS = 86_400_000;
const TOPIC = "Keeping and guarding";

export const KEEPING_LIVE: readonly LiveQuestion[] = [
  { id: "keys", topic: TOPIC, asks: "Do all keys work?", find: keys },
  { id: "table", topic: TOPIC, asks: "Is the table safe, and do items expire?", find: table },
  { id: "logs", topic: TOPIC, asks: "Do logs expire on time?", find: logs },
  { id: "lines", topic: TOPIC, asks: "Does the access log receive lines?", find: lines },
  { id: "firewall", topic: TOPIC, asks: "Is the firewall attached to the API?", find: firewall },
];

async function keys({ aws, deployed }: LiveDeps): Promise<Finding> {
  const states = await Promise.all(
    (await deployed("AWS::KMS::Key")).map(async ({ logicalId, id }) => {
      const { KeyMetadata } = await aws.keys.send(new DescribeKeyCommand({ KeyId: id }));
      return { logicalId, state: KeyMetadata?.KeyState ?? "unknown" };
    }),
  );
  const off = states.filter(({ state }) => state !== "Enabled");
  return {
    value: `${states.length - off.length} of ${states.length} keys are enabled`,
    faults: [
      ...off.map(({ logicalId, state }) => `${logicalId} is ${state}`),
      ...faultsOf({ "there are no keys": states.length === 0 }),
    ],
  };
}

async function table({ aws, stage, deployed }: LiveDeps): Promise<Finding> {
  const [found] = await deployed("AWS::DynamoDB::GlobalTable");
  const TableName = found?.id;
  if (TableName === undefined) return { value: "there is none", faults: ["there is no table"] };
  const [described, backups, life] = await Promise.all([
    aws.table.send(new DescribeTableCommand({ TableName })),
    aws.table.send(new DescribeContinuousBackupsCommand({ TableName })),
    aws.table.send(new DescribeTimeToLiveCommand({ TableName })),
  ]);
  const { PointInTimeRecoveryDescription: recovery } = backups.ContinuousBackupsDescription ?? {};
  const { TimeToLiveStatus, AttributeName } = life.TimeToLiveDescription ?? {};
  const recovers = recovery?.PointInTimeRecoveryStatus === "ENABLED";
  const isProtected = described.Table?.DeletionProtectionEnabled === true;
  return {
    value: `${described.Table?.TableStatus ?? "unknown"}; ${recovers ? "recovered to any second" : "not recovered"}; ${isProtected ? "protected" : "not protected"} from deletion`,
    faults: faultsOf({
      "the table is not active": described.Table?.TableStatus !== "ACTIVE",
      "production cannot be recovered": stage.production && !recovers,
      "production's table can be deleted": stage.production && !isProtected,
      "expired items stay": TimeToLiveStatus !== "ENABLED" || AttributeName !== "deleteAfter",
    }),
  };
}

async function logs({ aws, stage, deployed }: LiveDeps): Promise<Finding> {
  const ours = new Map(
    (await deployed("AWS::Logs::LogGroup")).map(({ id, logicalId }) => [id, logicalId]),
  );
  const days = new Map<string, number | undefined>();
  // One question for all: AWS takes a prefix and no list, and the groups have no common prefix.
  for await (const page of paginateDescribeLogGroups({ client: aws.logs }, {}))
    for (const { logGroupName = "", retentionInDays } of page.logGroups ?? [])
      if (ours.has(logGroupName)) days.set(logGroupName, retentionInDays);
  const wanted = stage.logRetentionDays;
  return {
    value: `${ours.size} logs, ${wanted} days each`,
    faults: [...ours].flatMap(([name, logicalId]) =>
      faultsOf({
        [`${logicalId} is not there`]: !days.has(name),
        [`${logicalId} is kept ${days.get(name) ?? "for ever"}, not ${wanted} days`]:
          days.has(name) && days.get(name) !== wanted,
      }),
    ),
  };
}

/** API Gateway writes with a role of the account, which another stack of the region can have replaced. */
async function lines({ aws, deployed, now }: LiveDeps): Promise<Finding> {
  const found = await deployed("AWS::Logs::LogGroup");
  const logGroupName = found.find(({ logicalId }) => /AccessLog/.test(logicalId))?.id;
  const [newest] =
    (
      await aws.logs.send(
        new DescribeLogStreamsCommand({
          logGroupName,
          orderBy: "LastEventTime",
          descending: true,
          limit: 1,
        }),
      )
    ).logStreams ?? [];
  const at = newest?.lastEventTimestamp;
  return {
    value: at === undefined ? "no line" : `a line of ${new Date(at).toISOString().slice(0, 16)}`,
    faults: faultsOf({
      "no line in a day: send a request, and see which role API Gateway logs with":
        at === undefined || now() - at > DAY_MILLISECONDS,
    }),
  };
}

async function firewall({ aws, stage, stageName, deployed, region }: LiveDeps): Promise<Finding> {
  if ("off" in stage.firewall) return { value: `off: ${stage.firewall.because}`, faults: [] };
  const [api] = await deployed("AWS::ApiGateway::RestApi");
  const [acl] = await deployed("AWS::WAFv2::WebACL");
  const ResourceArn = `arn:aws:apigateway:${await region()}::/restapis/${api?.id}/stages/${stageName}`;
  const { WebACL } = await aws.firewall.send(new GetWebACLForResourceCommand({ ResourceArn }));
  return {
    value: WebACL === undefined ? "none" : `${WebACL.Rules?.length ?? 0} rules`,
    faults: faultsOf({
      "no firewall stands before the API": WebACL === undefined,
      "another firewall than ours stands before the API":
        WebACL !== undefined && acl?.id.split("|")[1] !== WebACL.Id,
    }),
  };
}
