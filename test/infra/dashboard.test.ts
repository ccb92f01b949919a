import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOG_QUERIES, queryLines } from "../../infra/log-queries.ts";
import { alarmsIn, resourceIn, templateOf } from "./stack.ts";

const prod = templateOf("prod");
const { DashboardName, DashboardBody } = resourceIn(
  prod,
  "AWS::CloudWatch::Dashboard",
  "WatchOperatorDashboard",
).resource["Properties"];

type Widget = {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly query?: string;
    readonly markdown?: string;
    readonly alarms?: readonly unknown[];
    readonly metrics?: readonly unknown[];
  };
};

/** The body with every reference replaced by a word. */
const parts: readonly unknown[] = DashboardBody["Fn::Join"][1];
const body = parts.map((part) => (typeof part === "string" ? part : "reference")).join("");
const widgets: readonly Widget[] = JSON.parse(body).widgets;
const titles = widgets
  .map(({ properties }) => properties.title)
  .filter((title) => title !== undefined);

describe("the dashboard", () => {
  it("is one a stage, and valid JSON", () => {
    expect(DashboardName["Fn::Join"][1]).toEqual(["latchkey-prod-", { Ref: "AWS::Region" }]);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });

  it("answers the three questions of an operator in its first row", () => {
    const first = widgets.filter(({ y }) => y === 0).map(({ properties }) => properties);
    expect(first.map(({ title }) => title?.split("?")[0])).toEqual(
      titles.slice(0, 3).map((title) => title.split("?")[0]),
    );
    expect(first[0]?.query).toContain(queryLines(LOG_QUERIES.clients).join("\n| "));
  });

  it("has beside it a saved query for each question, and one for the history of a number", () => {
    const saved = Object.values(prod.findResources("AWS::Logs::QueryDefinition"));
    const texts = new Map(saved.map(({ Properties }) => [Properties.Name, Properties.QueryString]));
    expect([...texts.keys()]).toHaveLength(Object.keys(LOG_QUERIES).length + 1);
    expect(texts.get("latchkey-prod/timeline")).toContain('"PSEUDONYM OR REQUEST ID" or pseudonym');
  });

  it("shows every alarm, and leads to what to do about it", () => {
    const [, , , status, text] = widgets;
    expect(status?.properties.alarms).toHaveLength(alarmsIn(prod).size);
    expect(text?.properties.markdown).toContain("at the end of this page");
  });

  it("ends with every runbook as it is written, without the links that lead nowhere here", () => {
    const folder = join(import.meta.dirname, "../../docs/operate/runbooks");
    const pages = readdirSync(folder).filter((page) => page !== "README.md");
    const written = pages.toSorted().map((page) => {
      const text = readFileSync(join(folder, page), "utf8");
      const plain = text.replaceAll(/\[([^\]]+)\]\([^)]+\.md[^)]*\)/g, "$1");
      return `Runbook ${page.replace(".md", "")}\n${plain}`;
    });
    expect(widgets.slice(-pages.length).map(({ properties }) => properties.markdown)).toEqual(
      written,
    );
  });

  it("looks for every problem, result and fault by itself, in the metrics of this stage", () => {
    const searches = body.match(/SEARCH\('[^']+'/g);
    expect(searches).toEqual([
      `SEARCH('{Latchkey/latchkey-prod,route} MetricName=\\"Answers\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,problem} MetricName=\\"Problems\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,country,channel} MetricName=\\"Sends\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,country,channel,delivery} MetricName=\\"Deliveries\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,reason} MetricName=\\"Deliveries\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,limitedScope} MetricName=\\"Limited\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,watchedScope} MetricName=\\"Watched\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,what} MetricName=\\"Faults\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,route,result} MetricName=\\"Answers\\"'`,
      `SEARCH('{Latchkey/latchkey-prod,route} MetricName=\\"milliseconds\\"'`,
    ]);
  });
});
