import type { OperationResult } from "../../functions/operator/operation.ts";
import { LIMITS, type SendLimit } from "../../functions/policy/limits.ts";
import { fieldIn, LOG_QUERIES, type LogRow } from "../../infra/log-queries.ts";
import { bold, dim, no, warn, yes } from "../terminal.ts";
import type { Logs, Span } from "./logs.ts";

export const FORMATS = ["table", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** Rows in columns, as comma-separated values (RFC 4180), or as JSON. */
export function formatted(rows: readonly LogRow[], format: Format): string {
  if (rows.length === 0 && format === "table") return `    ${dim("none")}`;
  if (format === "json") return JSON.stringify(rows, null, 2);
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))];
  if (format === "csv") return cells.map((line) => line.map(quoted).join(",")).join("\r\n");
  const widths = names.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const padded = cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return padded
    .map((line, index) => `    ${index === 0 ? dim(line.join("   ")) : line.join("   ")}`)
    .join("\n");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

type Operate = (operation: unknown) => Promise<OperationResult>;

const TOP = ["clients", "numbers", "ranges", "countries"] as const;
const TOP_ROWS = 10;
const WINDOWS: Readonly<Record<string, { readonly windowSeconds: number }>> =
  LIMITS.unverifiedSends;
/** Any of its kind: all have the same limit, which the deployment has. */
const SAMPLES: Readonly<Record<string, string>> = {
  ipv4: "192.0.2.1",
  "ipv6-64": "2001:db8::/64",
  number: "+447700900123",
  range: "+44770090****",
};

/** The most active clients, numbers, ranges and countries, with their sends and limits. */
export async function topWords(
  { logs, operate }: { readonly logs: Logs; readonly operate: Operate },
  span: Span,
): Promise<string> {
  const parts = await Promise.all(
    TOP.map(async (name) => {
      const rows = (await logs.ask(name, span)).slice(0, TOP_ROWS);
      const title = `  ${bold(LOG_QUERIES[name].title)}`;
      if (rows.length === 0) return `${title}\n    ${dim("none")}`;
      const limited = rows.map(async (row) => ({
        ...row,
        limit: await limitOf(operate, name, row),
      }));
      return `${title}\n${formatted(await Promise.all(limited), "table")}`;
    }),
  );
  return parts.join("\n\n");
}

async function limitOf(
  operate: Operate,
  name: (typeof TOP)[number],
  { client = "", country = "" }: LogRow,
): Promise<string> {
  const [clients = ""] = client.split(":");
  const kind = { clients, numbers: "number", ranges: "range", countries: "country" }[name];
  const target = name === "countries" ? country : SAMPLES[kind];
  const result = target === undefined ? undefined : await operate({ command: "who", target });
  if (result?.kind === "number") return result.sendsPerNumber.map(within).join(", ");
  const window = WINDOWS[kind];
  if (result?.kind !== "scope" || window === undefined) return "";
  return result.mode === "off" ? "none" : `${within({ ...window, max: result.max })} unverified`;
}

function within({ max, windowSeconds: seconds }: SendLimit): string {
  if (seconds < 60) return `${max} in ${seconds} s`;
  return `${max} in ${seconds < 7_200 ? `${seconds / 60} min` : `${Math.floor(seconds / 3_600)} h`}`;
}

/** Conversion, delivery and cost by country and channel, and by app where the stage has several. */
export async function report(logs: Logs, span: Span): Promise<readonly LogRow[]> {
  const answers = await Promise.all(
    (["sends", "deliveries", "checks"] as const).map((name) => logs.ask(name, span)),
  );
  const groups = new Map<string, LogRow>();
  for (const row of answers.flat()) {
    const key = LOG_QUERIES.sends.by.map((field) => row[field]).join();
    groups.set(key, { ...groups.get(key), ...row });
  }
  return [...groups.values()].map((group) => {
    const { app = "", country = "", channel = "", asked = "0", sent = "0", micros = "0" } = group;
    const { delivered = "0", undelivered = "0", rcs = "0", approved = "0" } = group;
    const verified =
      Number(sent) === 0 ? "" : `${Math.round((100 * Number(approved)) / Number(sent))}`;
    const dollars = (Number(micros) / 1_000_000).toFixed(2);
    return {
      ...(app !== "" && { app }),
      country,
      channel,
      asked,
      sent,
      delivered,
      "by rcs": rcs,
      undelivered,
      approved,
      "approved %": verified,
      dollars,
    };
  });
}

/** The events of a number or a request, a line each. No line names a number. */
export function timelineWords(lines: readonly object[]): string {
  if (lines.length === 0)
    return `${warn("!")} The logs hold nothing of it in this time. --for takes up to 30d.`;
  return lines.map((line) => `    ${dim(timeOf(line))}  ${eventWords(line)}`).join("\n");
}

function timeOf(line: object): string {
  return (fieldIn(line, "at") ?? "").slice(0, 19).replace("T", " ");
}

function eventWords(line: object): string {
  const say = (...fields: readonly string[]) =>
    fields.flatMap((field) => fieldIn(line, field) ?? []).join(" ");
  switch (fieldIn(line, "event") ?? "") {
    case "send":
      return `${fieldIn(line, "outcome") === "sent" ? yes() : no()} ${say("of", "channel", "country", "purpose")}: ${say("outcome", "limitedScope")} ${dim(`from ${say("client")}`)}`;
    case "delivery":
      return `${fieldIn(line, "delivery") === "delivered" ? yes() : no()} ${say("channel", "country")}: ${say("delivery", "reason", "upgrade")}`;
    case "check":
      return `${fieldIn(line, "result") === "approved" ? yes() : no()} check: ${say("result")} ${dim(`from ${say("client")}`)}`;
    case "answered":
      return `${say("route")} ${say("status", "problem", "result")} ${dim(`${say("milliseconds")} ms`)}`;
    default:
      return `${say("event", "what", "command", "outcome", "reason")}`;
  }
}
