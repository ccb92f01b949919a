import { Stack } from "aws-cdk-lib";
import { CfnInsightRule } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";

/** Who does most of something, counted in the log that tells of it. */
type InsightRow = {
  /** Behind `latchkey-<stage>-`. */
  readonly name: string;
  readonly logGroupNames: readonly string[];
  /** The field that contributors are told apart by. */
  readonly key: string;
  readonly filters: readonly (readonly [field: string, value: string])[];
};

/** The names of the rules, by what they count. */
export type InsightRules = {
  /** Starts by address, out of the gateway's log: what the gateway or the firewall refused counts too. */
  readonly clients: string;
  /** Sends that were asked for, by the pseudonym of the number. */
  readonly numbers: string;
  /** Wrong codes, by the pseudonym of the client. */
  readonly guessers: string;
};

/** The names of logs. */
type InsightLogs = {
  readonly access: string;
  readonly sends: readonly string[];
  readonly checks: readonly string[];
};

export function insightRules(scope: Construct, stageName: string, logs: InsightLogs): InsightRules {
  return {
    clients: insightRule(scope, "Clients", stageName, {
      name: "clients",
      logGroupNames: [logs.access],
      key: "$.ip",
      filters: [["$.route", "POST /v1/verifications"]],
    }),
    numbers: insightRule(scope, "Numbers", stageName, {
      name: "numbers",
      logGroupNames: logs.sends,
      key: "$.number",
      filters: [["$.event", "send"]],
    }),
    guessers: insightRule(scope, "Guessers", stageName, {
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

function insightRule(scope: Construct, id: string, stageName: string, row: InsightRow): string {
  const name = `latchkey-${stageName}-${row.name}`;
  new CfnInsightRule(scope, id, {
    ruleName: name,
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
  return name;
}
