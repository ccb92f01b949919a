import { describe, expect, it } from "vitest";
import { METRICS, metricNamespace, metricsOf } from "../../functions/runtime/metrics.ts";
import { aMac } from "../support/items.ts";

const AT = { deployment: "latchkey-prod", now: 1_800_000_000_000 };
const answered = {
  event: "answered",
  route: "GET /v1/verifications/{id}",
  milliseconds: 12,
} as const;

/** What CloudWatch makes of a line: the metrics, each with what it is told apart by. */
function countedOf(line: Parameters<typeof metricsOf>[0]): readonly string[] {
  const { _aws } = JSON.parse(JSON.stringify({ ...line, ...metricsOf(line, AT) }));
  return _aws.CloudWatchMetrics.flatMap(
    ({ Metrics, Dimensions }: { Metrics: { Name: string }[]; Dimensions: string[][] }) =>
      Metrics.flatMap(({ Name }) => Dimensions.map((set) => `${Name} by ${set.join(" and ")}`)),
  );
}

describe("the metrics of a line", () => {
  it("are answers, time and result of what was answered well", () => {
    expect(countedOf({ ...answered, status: 200, result: "pending" })).toEqual([
      "Answers by route",
      "Answers by statusClass",
      "Answers by route and result",
      "milliseconds by route",
    ]);
  });

  it("are answers, time and problem of what was refused", () => {
    expect(countedOf({ ...answered, status: 404, problem: "verification-not-found" })).toEqual([
      "Answers by route",
      "Answers by statusClass",
      "milliseconds by route",
      "Problems by problem",
    ]);
  });

  const send = {
    event: "send",
    of: "start",
    outcome: "sent",
    number: aMac("number"),
    country: "GB",
    channel: "sms",
    purpose: "login",
    hasTicket: false,
    limited: [],
    watched: [],
    priceMicros: 60_000,
    spentPercent: 12,
    scopes: {},
    client: "ipv4:pseudonym",
  } as const;

  it("are a message, its price and the state of the caps of what was sent", () => {
    expect(countedOf(send)).toEqual([
      ...["Sends by ", "Sends by country and channel", "SpentMicros by "],
      ...["SpentMicros by country", "spentPercent by "],
    ]);
    expect(metricsOf(send, AT)).toMatchObject({ Sends: 1, SpentMicros: 60_000 });
  });

  it("are no message but the scope where a scope refused, or would have", () => {
    const refused = { ...send, outcome: "too-many-requests", priceMicros: 0 } as const;
    const { spentPercent: _, ...unpaid } = refused;
    expect(countedOf({ ...unpaid, limitedScope: "range" })).toEqual(["Limited by limitedScope"]);
    expect(countedOf({ ...unpaid, watchedScope: "country" })).toEqual(["Watched by watchedScope"]);
  });

  it("are none of a check, which is counted as an answer", () => {
    const { number, country } = send;
    const client = "ipv4:pseudonym";
    const found = { number, country, client, channel: "sms" } as const;
    const check = { event: "check", result: "incorrect", ...found } as const;
    expect(countedOf(check)).toEqual([]);
  });

  it("are the fault of a fault", () => {
    const fault = { event: "fault", what: "message-refused" } as const;
    expect(countedOf(fault)).toEqual(["Faults by ", "Faults by what"]);
  });

  it("lie in a namespace of their stage, at the time of their line", () => {
    const { _aws } = Object(metricsOf({ event: "fault" }, AT));
    expect(_aws.Timestamp).toBe(AT.now);
    expect(metricNamespace("latchkey-prod")).toBe("Latchkey/latchkey-prod");
  });

  it("count one each, and a class of status and not each status", () => {
    expect(metricsOf({ ...answered, status: 429, problem: "too-many-sends" }, AT)).toMatchObject({
      Answers: 1,
      Problems: 1,
      statusClass: "4xx",
    });
  });

  it("differ by words of ours and by nothing that a caller sends", () => {
    const by = new Set(Object.values(METRICS).flatMap(({ by: sets }) => sets.flat()));
    expect(by).toEqual(
      new Set([
        ...["route", "statusClass", "problem", "result", "what", "currency", "country"],
        ...["channel", "limitedScope", "watchedScope", "delivery", "reason", "keyOutcome", "app"],
      ]),
    );
  });
});
