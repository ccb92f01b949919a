import { Stack } from "aws-cdk-lib";
import { CfnInsightRule } from "aws-cdk-lib/aws-cloudwatch";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

/** Who starts most verifications, by address, out of the gateway's log: what the gateway or the firewall refused counts too. */
export function clientInsights(
  scope: Construct,
  id: string,
  { stageName, accessLog }: { readonly stageName: string; readonly accessLog: LogGroup },
): string {
  const name = `latchkey-${stageName}-clients`;
  new CfnInsightRule(scope, id, {
    ruleName: name,
    ruleState: "ENABLED",
    ruleBody: Stack.of(scope).toJsonString({
      Schema: { Name: "CloudWatchLogRule", Version: 1 },
      LogGroupNames: [accessLog.logGroupName],
      LogFormat: "JSON",
      Contribution: {
        Keys: ["$.ip"],
        Filters: [{ Match: "$.route", In: ["POST /v1/verifications"] }],
      },
      AggregateOn: "Count",
    }),
  });
  return name;
}
