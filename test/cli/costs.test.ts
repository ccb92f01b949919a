import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  costsOfAMillion,
  idleCosts,
  metricCosts,
  total,
  verificationsADay,
  worstDay,
} from "../../cli/costs.ts";
import { FAULTS, NAMED_ROUTES, RESULTS } from "../../cli/metric-series.ts";
import { dollarsFor, PRICES } from "../../cli/prices.ts";
import type { Template } from "../../cli/template.ts";
import { USAGE } from "../../cli/usage.ts";
import { groundOn, unitsOf } from "../../evidence/capacity/play.ts";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { check } from "../../functions/verification/check.ts";
import { receiveReport } from "../../functions/verification/report.ts";
import { CHANNELS, DELIVERY_REASONS } from "../../functions/verification/verification.ts";
import { ROUTES } from "../../infra/routes.ts";
import { STAGES } from "../../infra/stages.ts";
import { type Deps, fictionalNumber, someDeps, started } from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { runEngine } from "../support/engine-tables.ts";
import { PRODUCTION as prod } from "../support/production.ts";

function templateOf(
  ...resources: readonly { readonly Type: string; readonly Properties?: Record<string, unknown> }[]
): Template {
  return {
    Resources: Object.fromEntries(
      resources.map((resource, index) => [`R${index}`, { Properties: {}, ...resource }]),
    ),
  };
}

it("each price has its source, and the month of the look-up where it was looked up", () => {
  for (const price of Object.values(PRICES)) {
    expect(new URL(price.from).protocol).toBe("https:");
    expect(price.read ?? "2026-11").toMatch(/^20\d\d-\d\d$/);
  }
});

describe("a million verifications", () => {
  const line = (template: Template, what: RegExp) =>
    costsOfAMillion(template).find((one) => what.test(one.what));

  it("cost what their parts do", () => {
    expect(line(prod, /API Gateway/)).toMatchObject({ count: 6_000_000, dollars: 21 });
    expect(line(prod, /signatures/)).toMatchObject({ count: 1_000_000, dollars: 3 });
    expect(line(prod, /writes/)).toMatchObject({ count: 12_000_000, dollars: 7.5 });
  });

  it("pay for a firewall only where there is one", () => {
    expect(line(prod, /firewall/)?.dollars).toBeCloseTo(3.6);
    expect(line(templateOf(), /firewall/)).toBeUndefined();
  });

  it("cost at most 45 US$, also where each is one of several sends to a range in an hour", () => {
    const later = dollarsFor("write", 1_000_000);
    expect(total(costsOfAMillion(prod)) + later).toBeLessThanOrEqual(45);
  });
});

/** A start with all that a page can send, as long as it may be. */
const FULLEST = {
  idempotencyKey: "k".repeat(LIMITS.idempotencyKeyCharacters.max),
  nonce: "n".repeat(64),
  reference: "r".repeat(64),
  purpose: "password-reset",
  platform: "web",
  originHost: "sign-in.a-company-with-a-long-name.example.com",
} as const;

it("the writes and reads that are paid for are those of a start, of a report and of a check with the right code", async () => {
  const engine = await runEngine();
  onTestFinished(() => engine.stop());
  const { freshTable, recorder } = await groundOn(engine);
  const { table } = await freshTable();
  const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
  await deps.sendingSwitch.switchState();
  recorder.clear();
  /** In units, which are paid for. */
  const unitsSince = () => {
    const [writes, reads] = [true, false].map((isWrite) => unitsOf(recorder.touches, isWrite));
    recorder.clear();
    return { writes, reads };
  };
  const made = await started(deps, FULLEST);
  expect(USAGE.start).toMatchObject(unitsSince());
  const sent = { token: made.reportToken, provider: "twilio", messageId: "SM7" } as const;
  await receiveReport(deps, { ...sent, report: { delivery: "delivered" } });
  expect(USAGE.delivery).toMatchObject(unitsSince());
  await check(deps, made);
  expect(USAGE.approval).toMatchObject(unitsSince());
  // Later sends to the range write its counter too. With the longest reference the item of the verification is above 1 KB.
  for (const [index, characters, more] of [
    [1, 32, 1],
    [2, 64, 2],
  ] as const) {
    const other = { to: fictionalNumber(index), reference: "r".repeat(characters) };
    const later = await started(deps, { ...FULLEST, idempotencyKey: undefined, ...other });
    recorder.clear();
    await check(deps, later);
    expect(unitsSince()).toMatchObject({ writes: USAGE.approval.writes + more });
  }
});

describe("an idle month", () => {
  const made = (type: string, Properties = {}) => ({ Type: `AWS::${type}`, Properties });
  const alarm = (properties: object) => made("CloudWatch::Alarm", properties);
  const formula = (Expression: string) => ({ Expression });
  const STAT = { MetricStat: {} };
  const cents = (template: Template) => Math.round(total(idleCosts(template)) * 100);

  it.each([
    ["a key", [made("KMS::Key")], 100],
    ["a secret", [made("SecretsManager::Secret")], 40],
    ["a firewall with two rules", [made("WAFv2::WebACL", { Rules: [{}, {}] })], 700],
    ["an alarm on a metric", [alarm({ MetricName: "Errors" })], 10],
    ["an alarm on an expression of two", [alarm({ Metrics: [formula("a/b"), STAT, STAT] })], 20],
    ["an alarm on a band", [alarm({ Metrics: [formula("ANOMALY_DETECTION_BAND(m)"), STAT] })], 30],
    ["what costs nothing idle", [made("DynamoDB::GlobalTable"), made("Lambda::Function")], 0],
  ])("with %s", (_, resources, expected) => {
    expect(cents(templateOf(...resources))).toBe(expected);
  });

  it("of production stays below thirty-six dollars", () => {
    expect(total(idleCosts(prod))).toBeLessThan(36);
  });
});

describe("the metrics of the functions", () => {
  const FUNCTIONS = join(import.meta.dirname, "../../functions");
  const sources = readdirSync(FUNCTIONS, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(FUNCTIONS, file), "utf8"));

  it("are counted with every fault that the functions name", () => {
    const named = sources.flatMap((text) =>
      [...text.matchAll(/logFault\("([\w-]+)"/g)].map(([, what = ""]) => what),
    );
    expect(new Set(FAULTS.filter((what) => !what.startsWith("operation ")))).toEqual(
      new Set(named),
    );
  });

  it("are counted with results on the routes that there are", () => {
    const routes = NAMED_ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(RESULTS).filter((route) => !routes.includes(route))).toEqual([]);
    expect(
      routes.filter((route) => RESULTS[route] === undefined && !route.startsWith("OPTIONS")),
    ).toEqual([]);
  });

  it("are priced for each series that they can write", () => {
    // Answers by 23 routes and 3 classes, times by 23 routes, problems, results, faults and 8 of keys; messages by channel and together, money twice, caps, faults together, and two for each
    // scope; prices by channel; ends of messages, by channel, and why.
    const scopes = Object.keys(LIMITS.unverifiedSends).length;
    const sends = CHANNELS.length + 1 + 2 + 1 + 1 + 2 * scopes;
    const priced = CHANNELS.length;
    const delivered = 2 + 2 * CHANNELS.length + DELIVERY_REASONS.length;
    const asked = 1 + 23 + 3 + 23 + Object.keys(PROBLEMS).length + 45 + FAULTS.length + 8;
    const series = asked + sends + priced + delivered;
    expect(metricCosts()).toMatchObject({ count: series });
    expect(metricCosts().dollars).toBeCloseTo(series * 0.3);
  });
});

it("the throttle of production lets through a million verifications a day from web pages, four requests each", () => {
  expect(verificationsADay(STAGES.prod)).toBe(1_080_000);
});

const RICH = { dollarsPerHour: 300_000, dollarsPerDay: 300_000, keptForTickets: 0 } as const;

/** Production's template with every throttle `times` as high. */
function withThrottles(times: number): Template {
  const copy = structuredClone(prod);
  for (const setting of settingsIn(copy)) setting.ThrottlingRateLimit *= times;
  return copy;
}

function settingsIn({ Resources }: Template): { ThrottlingRateLimit: number }[] {
  const stage = Object.values(Resources).find(({ Type }) => Type === "AWS::ApiGateway::Stage");
  return [Object(stage?.Properties["MethodSettings"])].flat();
}

describe("the worst day", () => {
  const rich = { ...STAGES.prod, spend: RICH, prices: { GB: { sms: 10_000 } } };

  it("is every request that all buckets of the template let through, and as many messages as they let out", () => {
    const rates = settingsIn(prod).map((one) => one.ThrottlingRateLimit);
    const { requestsPerSecond } = STAGES.prod.throttle;
    // The setting of the stage is one of them, and counts for every other method.
    const others = ROUTES.length - rates.length;
    const aSecond = rates.reduce((sum, rate) => sum + rate, others * requestsPerSecond);
    const worst = worstDay(rich, prod);
    // Four methods send, each at 25 a second, and the three with a key at three tenths of it.
    expect(worst).toMatchObject({
      requests: Math.round(aSecond * 86_400),
      sends: Math.round(4.9 * 25 * 86_400),
      // Each of two segments.
      messageDollars: 211_680,
    });
    const twice = worstDay(rich, withThrottles(2));
    expect(twice.awsDollars).toBeCloseTo(2 * worst.awsDollars);
    expect(twice.requests).toBe(2 * worst.requests);
  });

  it("has no more messages than requests that send", () => {
    const { requests, sends } = worstDay(rich, withThrottles(0.01));
    expect(sends).toBeCloseTo(4.9 * 0.25 * 86_400);
    expect(sends).toBeLessThan(requests);
  });

  it("has no more messages than the spend cap pays for, at the lowest price that is open", () => {
    const stage = { ...STAGES.prod, countries: ["GB", "US"] as const };
    const { sends, messageDollars } = worstDay(stage, prod);
    expect(messageDollars).toBe(STAGES.prod.spend.dollarsPerDay);
    expect(sends).toBe(Math.floor(STAGES.prod.spend.dollarsPerDay / 0.013));
    // WhatsApp costs less than an SMS to GB, and is not open.
    expect(worstDay(STAGES.prod, prod).sends).toBe(STAGES.prod.spend.dollarsPerDay / 0.06);
  });
});
