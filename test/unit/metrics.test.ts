import { describe, expect, it } from "vitest";
import { METRICS, metricNamespace, metricsOf } from "../../functions/metrics.ts";

const AT = { stage: "prod", now: 1_800_000_000_000 };
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
      "milliseconds by route",
      "Results by route and result",
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

  it("are the fault of a fault", () => {
    const fault = { event: "fault", what: "message-refused" } as const;
    expect(countedOf(fault)).toEqual(["Faults by what"]);
  });

  it("lie in a namespace of their stage, at the time of their line", () => {
    const { _aws } = Object(metricsOf({ event: "fault" }, AT));
    expect(_aws.Timestamp).toBe(AT.now);
    expect(metricNamespace("prod")).toBe("Latchkey/prod");
  });

  it("count one each, and a class of status and not each status", () => {
    expect(metricsOf({ ...answered, status: 429, problem: "too-many-sends" }, AT)).toMatchObject({
      Answers: 1,
      Problems: 1,
      statusClass: "4xx",
    });
  });

  it("are told apart by words of ours and by nothing that a caller sends", () => {
    const by = new Set(Object.values(METRICS).flatMap(({ by: sets }) => sets.flat()));
    const ofPrices = ["currency", "country", "channel"];
    expect(by).toEqual(new Set(["route", "statusClass", "problem", "result", "what", ...ofPrices]));
  });
});
