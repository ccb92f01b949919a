import type { AnyFunctionName, FunctionName } from "../functions/runtime/environment.ts";
import { METRICS, type MetricName, metricNamespace } from "../functions/runtime/metrics.ts";
import { type Deployment, functionName } from "./deployment.ts";
import type { InsightRules } from "./insights.ts";

/** One series of CloudWatch. */
export type MetricSource = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Sum" | "Maximum" | "p95";
};

export type Signal =
  | { readonly metric: MetricSource }
  | { readonly expression: string; readonly metrics: Readonly<Record<string, MetricSource>> }
  /** Above the usual value of the hour and the weekday by this many standard deviations. */
  | { readonly unusual: MetricSource; readonly deviations: number }
  /** The largest contributor of a Contributor Insights rule. */
  | { readonly largestOf: string };

/** The parts of a stack that are watched, by their names in CloudWatch. */
export type Watched = Deployment & {
  readonly tableName: string;
  readonly functionNames: Readonly<Record<FunctionName, string>>;
  readonly deadLettersName: string;
  readonly insights: InsightRules;
  /** The rules of EventBridge that report misuse of keys and code. */
  readonly ruleNames: readonly string[];
};

/** A metric of the functions. They write no zeros, so every expression fills missing data. */
export function counted(
  { name: deploymentName }: Pick<Watched, "name">,
  name: MetricName,
  dimensions: Readonly<Record<string, string>>,
): MetricSource {
  const namespace = metricNamespace(deploymentName);
  return { namespace, name: METRICS[name].name, dimensions, statistic: "Sum" };
}

/** The spent share of the fullest cap. */
export function spentPercent(watched: Pick<Watched, "name">): MetricSource {
  return { ...counted(watched, "spentPercent", {}), statistic: "Maximum" };
}

export function ofApi(
  { name: apiName, stageName }: Pick<Watched, "name" | "stageName">,
  name: "Count" | "4XXError" | "5XXError" | "IntegrationLatency",
): MetricSource {
  const dimensions = { ApiName: apiName, Stage: stageName };
  const statistic = name === "IntegrationLatency" ? "p95" : "Sum";
  return { namespace: "AWS/ApiGateway", name, dimensions, statistic };
}

export function ofFunction(
  { functionNames, name: deploymentName }: Pick<Watched, "functionNames" | "name">,
  of: AnyFunctionName,
  name: "Invocations" | "Errors" | "Throttles" | "DeadLetterErrors",
): MetricSource {
  const FunctionName =
    of === "publish-events" ? functionName(deploymentName, of) : functionNames[of];
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName }, statistic: "Sum" };
}

export function ofTable(
  { tableName }: Pick<Watched, "tableName">,
  name: "ReadThrottleEvents" | "WriteThrottleEvents",
): MetricSource {
  const dimensions = { TableName: tableName };
  return { namespace: "AWS/DynamoDB", name, dimensions, statistic: "Sum" };
}

/** Messages handed to the provider, each once: a repeated answer sends nothing. */
export function sends(watched: Watched): MetricSource {
  return counted(watched, "Sends", {});
}

/**
 * Approvals, each once. The answers `approved` would not do: a caller who approves one own number can fetch that answer repeatedly, and would
 * hide thousands of unverified sends.
 */
export function approvals(watched: Watched): MetricSource {
  return counted(watched, "Approvals", {});
}
