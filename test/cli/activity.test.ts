import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deployedLogs } from "../../cli/activity/logs.ts";
import { formatted, report, timelineWords } from "../../cli/activity/words.ts";
import { parseOpsArguments } from "../../cli/ops-arguments.ts";
import { answerOf, LOG_QUERIES, type LogQueryName, queryLines } from "../../infra/log-queries.ts";
import { close, serverOf } from "../../local/listening.ts";
import { clientSettings } from "./stack-answer.ts";

const SEND = { event: "send", outcome: "sent", country: "GB", channel: "sms", priceMicros: 60_000 };
const LINES = [
  { ...SEND, client: "ipv4:a" },
  { ...SEND, client: "ipv4:b", outcome: "too-many-requests", priceMicros: 0 },
  { ...SEND, client: "ipv4:b" },
  { event: "answered", client: "ipv4:a" },
];

describe("a query of the logs", () => {
  it("is one row: its text for Logs Insights, and its answer out of lines", () => {
    expect(queryLines(LOG_QUERIES.sends)).toEqual([
      'filter event = "send"',
      'stats count(*) as asked, sum(outcome = "sent") as sent, sum(priceMicros) as micros by app, country, channel',
      "sort asked desc",
      "limit 10000",
    ]);
    expect(answerOf(LOG_QUERIES.sends, LINES)).toEqual([
      { app: "", country: "GB", channel: "sms", asked: "3", sent: "2", micros: "120000" },
    ]);
    expect(answerOf(LOG_QUERIES.clients, LINES)).toEqual([
      { client: "ipv4:b", asked: "2", sent: "1" },
      { client: "ipv4:a", asked: "1", sent: "1" },
    ]);
    expect(queryLines(LOG_QUERIES.routes)[1]).toContain("pct(milliseconds, 99) as p99 by route");
    const took = [...Array(100).keys()].map((milliseconds) => ({
      event: "answered",
      milliseconds,
    }));
    expect(answerOf(LOG_QUERIES.routes, took)).toMatchObject([{ p50: "49", p99: "98" }]);
  });
});

describe("the logs of a stack", () => {
  const asked: { readonly target: string; readonly body: Record<string, unknown> }[] = [];
  let client: CloudWatchLogsClient;
  let statuses: string[] = [];

  function answerTo(target: string): unknown {
    if (target === "DescribeQueryDefinitions")
      return {
        queryDefinitions: [
          { name: "acme/sends", queryString: "the deployed text", logGroupNames: ["start"] },
          { name: "acme/numbers", queryString: "n", logGroupNames: ["start", "check"] },
        ],
      };
    if (target === "StartQuery") return { queryId: "q" };
    const cells = { country: "GB", asked: "4", "@message": '{"event":"check"}' };
    const results = [Object.entries(cells).map(([field, text]) => ({ field, value: text }))];
    return { status: statuses.shift() ?? "Complete", results };
  }

  const server = serverOf(async (request, response) => {
    const target = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    asked.push({ target, body: JSON.parse(await text(request)) });
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(answerTo(target)));
  });
  beforeAll(async () => {
    client = new CloudWatchLogsClient(await clientSettings(server));
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => {
    client.destroy();
    return close(server);
  });

  const logs = (name = "acme") => deployedLogs(client, name, async () => undefined);
  const span = { from: 1_000_500, to: 2_000_500 };

  it("are asked by the query that the stack has saved, and waited for", async () => {
    statuses = ["Scheduled", "Running"];
    expect(await logs().ask("sends", span)).toMatchObject([{ country: "GB", asked: "4" }]);
    const times = { startTime: 1_000, endTime: 2_001 };
    const body = { queryString: "the deployed text", logGroupNames: ["start"], ...times };
    expect(asked.filter(({ target }) => target === "StartQuery")).toMatchObject([{ body }]);
    expect(asked.map(({ target }) => target).slice(-3)).toEqual(Array(3).fill("GetQueryResults"));
  });

  it("give the lines of a pseudonym, which cannot leave its quotes", async () => {
    const lines = await logs().linesWith(["number"], 'P" or 1', span);
    expect(lines).toEqual([expect.objectContaining({ event: "check" })]);
    const start = asked.find(({ target }) => target === "StartQuery");
    expect(start?.body["queryString"]).toContain('| filter number = "P\\" or 1"\n');
  });

  it("that have no such query, or whose query fails, are reported in a sentence", async () => {
    await expect(logs("other").ask("sends", span)).rejects.toThrow("other/sends is not saved");
    statuses = ["Failed"];
    await expect(logs().ask("sends", span)).rejects.toThrow("ended the query as Failed");
  });
});

const SENDS_OF_APPS = ["shop", "main"].map((app) => ({
  ...{ app, country: "GB", channel: "sms", asked: "5", sent: "4", micros: "240000" },
}));

describe("npm run ops -- report", () => {
  const source = {
    ask: async (name: string) =>
      name === "sends"
        ? [{ ...SENDS_OF_APPS[0], app: "" }]
        : [
            {
              ...{ app: "", country: "GB", channel: "sms" },
              ...{ delivered: "3", rcs: "2", undelivered: "1", approved: "2" },
            },
          ],
    linesWith: async () => [],
  };
  const span = { from: 0, to: 1 };

  it("joins sends, deliveries and checks, as a table, CSV or JSON", async () => {
    const rows = await report(source, span);
    expect(stripVTControlCharacters(formatted(rows, "table")).split("\n")).toEqual([
      "    country   channel   asked   sent   delivered   by rcs   undelivered   approved   approved %   dollars",
      "    GB        sms       5       4      3           2        1             2          50           0.24   ",
    ]);
    expect(formatted(rows, "csv")).toBe(
      "country,channel,asked,sent,delivered,by rcs,undelivered,approved,approved %,dollars\r\nGB,sms,5,4,3,2,1,2,50,0.24",
    );
    expect(JSON.parse(formatted(rows, "json"))).toEqual(rows);
    expect(formatted([], "table").trim()).toBe("none");
    expect(formatted([{ a: 'b,"c"' }], "csv")).toBe('a\r\n"b,""c"""');
  });

  it("has a row for each app of a stage with several, and for one whose sends were earlier", async () => {
    const of = (app: string, approved: string) => ({
      app,
      country: "GB",
      channel: "sms",
      approved,
    });
    const logs = {
      ...source,
      ask: async (name: string) =>
        name === "sends" ? SENDS_OF_APPS : [of("main", "1"), of("shop", "4"), of("old", "2")],
    };
    expect(await report(logs, span)).toMatchObject([
      { app: "shop", sent: "4", approved: "4" },
      { app: "main", sent: "4", approved: "1" },
      { app: "old", sent: "0", approved: "2", "approved %": "", dollars: "0.00" },
    ]);
  });

  it("has every group of a stage with more than 50", async () => {
    const sends = [...Array(63).keys()].map((app) => ({ ...SEND, app }));
    const checks = sends.map((send) => ({ ...send, event: "check", result: "approved" }));
    const lines = [...sends, ...checks.toReversed()];
    const ask = async (name: LogQueryName) => answerOf(LOG_QUERIES[name], lines);
    const rows = await report({ ...source, ask }, span);
    expect(rows.map(({ approved, dollars }) => [approved, dollars])).toEqual(
      Array(63).fill(["1", "0.06"]),
    );
  });

  it("and top and timeline are asked for with a place, a time and a format", () => {
    const read = (line: string) => parseOpsArguments(line.split(" "));
    const stage = { kind: "stage", stackName: "latchkey-prod" };
    const asked = { kind: "report", place: stage, seconds: 604_800, format: "csv", subject: "" };
    expect(read("report --stage prod --format csv --for 7d")).toEqual(asked);
    const place = { kind: "local", port: "3000" };
    expect(read("top --local --port 3000")).toMatchObject({ place, seconds: 600 });
    expect(read("timeline +447700900123 --local")).toHaveProperty("seconds", 86_400);
    expect(() => read("timeline --local")).toThrow("timeline takes a number");
    expect(() => read("report --local --format xml")).toThrow("--format takes table");
  });

  it("an empty timeline is reported as empty", () => {
    expect(timelineWords([])).toContain("The logs hold nothing of it");
  });
});
