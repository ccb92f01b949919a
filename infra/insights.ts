import { Stack } from "aws-cdk-lib";
import { CfnInsightRule } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";

/** A rule that counts the largest contributors in logs. */
type InsightRow = {
  /** The suffix behind the name of the deployment. */
  readonly name: string;
  readonly logGroupNames: readonly string[];
  /** The field that identifies a contributor. */
  readonly key: string;
  readonly filters: readonly (readonly [field: string, value: string])[];
};

/** The names of the rules, by what they count. */
export type InsightRules = {
  /** Starts by address, from the gateway's log, so refusals of gateway and firewall count. Behind a proxy, sends by client. */
  readonly clients: string;
  /** Sends that were asked for, by the pseudonym of the number. */
  readonly numbers: string;
  /** Wrong codes, by the pseudonym of the client. */
  readonly guessers: string;
};

type InsightLogs = {
  readonly access: string;
  readonly sends: readonly string[];
  readonly checks: readonly string[];
};

export function insightRules(
  scope: Construct,
  { name: deploymentName, stage }: Deployment,
  logs: InsightLogs,
): InsightRules {
  // Behind a proxy the gateway's log holds the proxy's address; the functions log the client's pseudonym.
  const clients: Pick<InsightRow, "logGroupNames" | "key" | "filters"> =
    stage.clientAddressHeader === undefined
      ? {
          logGroupNames: [logs.access],
          key: "$.ip",
          filters: [["$.route", "POST /v1/verifications"]],
        }
      : { logGroupNames: logs.sends, key: "$.client", filters: [["$.event", "send"]] };
  return {
    clients: insightRule(scope, "Clients", deploymentName, { name: "clients", ...clients }),
    numbers: insightRule(scope, "Numbers", deploymentName, {
      name: "numbers",
      logGroupNames: logs.sends,
      key: "$.number",
      filters: [["$.event", "send"]],
    }),
    guessers: insightRule(scope, "Guessers", deploymentName, {
      name: "guessers",
      logGroupNames: logs.checks,
      key: "$.client",
      filters: [
        ["$.event", "check"],
        ["$.result", "incorrect"],
      ],
    }),
  };
}

function insightRule(
  scope: Construct,
  id: string,
  deploymentName: string,
  row: InsightRow,
): string {
  const rule = new CfnInsightRule(scope, id, {
    ruleName: `${deploymentName}-${row.name}`,
    ruleState: "ENABLED",
    ruleBody: Stack.of(scope).toJsonString({
      Schema: { Name: "CloudWatchLogRule", Version: 1 },
      LogGroupNames: row.logGroupNames,
      LogFormat: "JSON",
      Contribution: {
        Keys: [row.key],
        Filters: row.filters.map(([Match, value]) => ({ Match, In: [value] })),
      },
      AggregateOn: "Count",
    }),
  });
  // The name by reference, so that an alarm on it waits for it.
  return rule.ref;
}
