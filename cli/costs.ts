import { MOST_SEGMENTS, pricesOf } from "../infra/deployable.ts";
import { CALLBACKS, isSending, ROUTES, type Route } from "../infra/routes.ts";
import { spendTermsOf } from "../infra/sending-terms.ts";
import type { Stage } from "../infra/stages.ts";
import { metricSeries } from "./metric-series.ts";
import { dollarsFor, type PriceName } from "./prices.ts";
import { at, listOf, resourcesOf, type Template } from "./template.ts";
import { EVENT_USAGE, USAGE, type Usage } from "./usage.ts";

export type CostLine = { readonly what: string; readonly count: number; readonly dollars: number };

const MILLION = 1_000_000;
const DAY_SECONDS = 86_400;

/** One start and one check with the right code, each with its preflight. Twilio's callbacks have their own throttle. */
export const REQUESTS_PER_VERIFICATION = USAGE.start.apiRequests + USAGE.approval.apiRequests;

/** The cost at AWS of a million verifications. Each is one start, Twilio's callbacks of its message, and one check with the right code. */
export function costsOfAMillion(template: Template): readonly CostLine[] {
  return linesOf([USAGE.start, USAGE.delivery, USAGE.approval], MILLION, template);
}

/** The cost of the events of a million verifications, for a stage that has them. */
export function eventCosts(): CostLine {
  const { events, invocations, gibibyteSeconds } = EVENT_USAGE;
  const dollars =
    dollarsFor("event", events) +
    dollarsFor("invocation", invocations) +
    dollarsFor("gibibyteSecond", gibibyteSeconds);
  return {
    what: "events, if the stage has them",
    count: events * MILLION,
    dollars: dollars * MILLION,
  };
}

/** The same, asked for by back ends with API keys: a start and a check by number. */
export function keyedCostsOfAMillion(template: Template): readonly CostLine[] {
  return linesOf([USAGE.keyedStart, USAGE.delivery, USAGE.keyedApproval], MILLION, template);
}

function linesOf(usages: readonly Usage[], times: number, template: Template): readonly CostLine[] {
  const count = (name: keyof Usage) => times * usages.reduce((sum, usage) => sum + usage[name], 0);
  const requests = count("apiRequests");
  const hasFirewall = resourcesOf(template, "AWS::WAFv2::WebACL").length > 0;
  const rows: readonly (readonly [what: string, price: PriceName, count: number])[] = [
    ["API Gateway, requests", "apiRequest", requests],
    ["firewall, requests", "firewallRequest", hasFirewall ? requests : 0],
    ["Lambda, invocations", "invocation", count("invocations")],
    ["Lambda, GiB-seconds", "gibibyteSecond", count("gibibyteSeconds")],
    ["DynamoDB, writes", "write", count("writes")],
    ["DynamoDB, reads", "read", count("reads")],
    ["KMS, signatures of proofs", "signature", count("signatures")],
    ["CloudWatch, GB of logs", "logGigabyte", count("logBytes") / 1e9],
  ];
  return pricedLines(rows);
}

function pricedLines(
  rows: readonly (readonly [what: string, price: PriceName, count: number])[],
): readonly CostLine[] {
  return rows
    .filter(([, , count]) => count > 0)
    .map(([what, price, count]) => ({ what, count, dollars: dollarsFor(price, count) }));
}

/** The monthly cost of a stage without traffic, counted in its template. */
export function idleCosts(template: Template): readonly CostLine[] {
  const all = (type: string) => resourcesOf(template, type);
  const acls = all("AWS::WAFv2::WebACL");
  const rules = acls.reduce((sum, acl) => sum + listOf(acl.Properties["Rules"]).length, 0);
  const watched = all("AWS::CloudWatch::Alarm").reduce(
    (sum, { Properties }) => sum + metricsWatched(Properties["Metrics"]),
    0,
  );
  return pricedLines([
    ["firewall", "firewallMonth", acls.length],
    ["firewall rules", "firewallRuleMonth", rules],
    ["KMS keys", "keyMonth", all("AWS::KMS::Key").length],
    ["secrets", "secretMonth", all("AWS::SecretsManager::Secret").length],
    ["metrics that alarms watch", "alarmMetricMonth", watched],
    ["composite alarms", "compositeAlarmMonth", all("AWS::CloudWatch::CompositeAlarm").length],
    ["dashboards", "dashboardMonth", all("AWS::CloudWatch::Dashboard").length],
    ["Contributor Insights rules", "insightRuleMonth", all("AWS::CloudWatch::InsightRule").length],
  ]);
}

/** The monthly cost of the functions' metrics if each is written every hour. */
export function metricCosts(): CostLine {
  const count = metricSeries();
  return { what: "metrics of ours, at most", count, dollars: dollarsFor("metricMonth", count) };
}

/** An alarm on one metric pays for one metric, on an expression for each metric in it. A band adds two hidden ones. */
function metricsWatched(metrics: unknown): number {
  if (metrics === undefined) return 1;
  const stats = listOf(metrics).filter((metric) => at(metric, "MetricStat") !== undefined);
  const hasBand = JSON.stringify(metrics).includes("ANOMALY_DETECTION_BAND");
  return stats.length + (hasBand ? 2 : 0);
}

export function total(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

/** Verifications of web pages, preflights included, that the throttle admits in a day. */
export function verificationsADay({ throttle }: Pick<Stage, "throttle">): number {
  return (throttle.requestsPerSecond * DAY_SECONDS) / REQUESTS_PER_VERIFICATION;
}

/** The most that a day can cost while the throttles hold. */
export type WorstDay = {
  readonly requests: number;
  readonly sends: number;
  readonly awsDollars: number;
  readonly messageDollars: number;
};

/**
 * The cost of a day at full throttle of each method: AWS documents the stage's throttle as that of each method without one of its own. It has as
 * many sends as throttle and spend cap allow at the lowest open price, an approval for each, callbacks, and refused starts for the rest.
 */
export function worstDay(stage: Stage, template: Template): WorstDay {
  const { total: cap } = spendTermsOf(stage);
  const prices = (segments: number) =>
    stage.countries.flatMap((country) => pricesOf(stage, { country, segments }));
  const { shared, sending, callbacks } = bucketsIn(template);
  const sends = Math.min(sending, Math.floor(cap.perDayMicros / Math.min(...prices(1))));
  const approvals = Math.min(sends, shared / 2);
  const costOf = (usage: Usage, times: number) => total(linesOf([usage], times, template));
  return {
    requests: shared + sending + callbacks,
    sends,
    awsDollars:
      costOf(USAGE.start, sending + shared - approvals) +
      costOf(USAGE.approval, approvals) +
      costOf(USAGE.delivery, callbacks / USAGE.delivery.apiRequests),
    messageDollars:
      Math.min(cap.perDayMicros, sending * Math.max(...prices(MOST_SEGMENTS))) / MILLION,
  };
}

/** The requests that the throttles in the template admit in a day, by kind of method. */
function bucketsIn(template: Template) {
  const [stage] = resourcesOf(template, "AWS::ApiGateway::Stage");
  const sendingPaths = pathsOf(isSending);
  const callbackPaths = pathsOf((route) => CALLBACKS.includes(route.function));
  const settings = listOf(stage?.Properties["MethodSettings"]);
  const methods = resourcesOf(template, "AWS::ApiGateway::Method").length;
  const isDefault = (setting: unknown) => at(setting, "HttpMethod") === "*";
  const withoutOwn = methods - settings.filter((setting) => !isDefault(setting)).length;
  const buckets = settings.map((setting) => ({
    path: String(at(setting, "ResourcePath")).replaceAll("~1", "/").replace(/^\/\//, "/"),
    requests:
      Number(at(setting, "ThrottlingRateLimit") ?? 0) *
      DAY_SECONDS *
      (isDefault(setting) ? withoutOwn : 1),
  }));
  const sumOf = (isMeant: (path: string) => boolean) =>
    buckets.reduce((sum, { path, requests }) => sum + (isMeant(path) ? requests : 0), 0);
  return {
    sending: sumOf((path) => sendingPaths.includes(path)),
    callbacks: sumOf((path) => callbackPaths.includes(path)),
    shared: sumOf((path) => !sendingPaths.includes(path) && !callbackPaths.includes(path)),
  };
}

function pathsOf(isMeant: (route: Route) => boolean): readonly string[] {
  return ROUTES.filter(isMeant).map(({ path }) => path);
}
