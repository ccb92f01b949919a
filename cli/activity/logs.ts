import { readFile } from "node:fs/promises";
import {
  type CloudWatchLogsClient,
  DescribeQueryDefinitionsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  answerOf,
  fieldIn,
  LOG_QUERIES,
  type LogQueryName,
  type LogRow,
  queryName,
  timelineText,
} from "../../infra/log-queries.ts";
import { asking } from "../aws-faults.ts";
import { CommandFault } from "../terminal.ts";

/** A stretch of time, in milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number };

/** The logs of one deployment. */
export type Logs = {
  /** The answer to a saved query. */
  readonly ask: (name: LogQueryName, span: Span) => Promise<readonly LogRow[]>;
  /** The lines with this value in one of the fields, oldest first. */
  readonly linesWith: (
    fields: readonly string[],
    value: string,
    span: Span,
  ) => Promise<readonly object[]>;
};

/** The lines that the local system writes beside its place. */
export function localLogs(file: string): Logs {
  const linesIn = async ({ from, to }: Span) =>
    (await readFile(file, "utf8").catch(() => ""))
      .split("\n")
      .flatMap(lineIn)
      .filter((line) => {
        const at = Date.parse(fieldIn(line, "at") ?? "");
        return at >= from && at <= to;
      });
  return {
    ask: async (name, span) => answerOf(LOG_QUERIES[name], await linesIn(span)),
    linesWith: async (fields, value, span) =>
      (await linesIn(span)).filter((line) =>
        fields.some((field) => fieldIn(line, field) === value),
      ),
  };
}

function lineIn(text: string): readonly object[] {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null ? [line] : [];
  } catch {
    return [];
  }
}

const POLL_MILLISECONDS = 500;

/** The logs of a deployed stack, by the queries that it has saved under its name. */
export function deployedLogs(
  client: CloudWatchLogsClient,
  deploymentName: string,
  pause: () => Promise<unknown> = () => new Promise((done) => setTimeout(done, POLL_MILLISECONDS)),
): Logs {
  async function saved(name: LogQueryName) {
    const wanted = queryName(deploymentName, name);
    const asked = new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: wanted });
    const { queryDefinitions = [] } = await asking(() => client.send(asked));
    const found = queryDefinitions.find((one) => one.name === wanted);
    if (found?.queryString === undefined)
      throw new CommandFault(
        `The query ${wanted} is not saved. Deploy the stack again with this version.`,
      );
    return { text: found.queryString, logGroupNames: found.logGroupNames };
  }

  async function rowsOf(
    queryString: string,
    logGroupNames: string[] | undefined,
    { from, to }: Span,
  ) {
    const times = { startTime: Math.floor(from / 1_000), endTime: Math.ceil(to / 1_000) };
    const start = new StartQueryCommand({ ...times, queryString, logGroupNames });
    const { queryId } = await asking(() => client.send(start));
    for (;;) {
      const asked = new GetQueryResultsCommand({ queryId });
      const { status, results = [] } = await asking(() => client.send(asked));
      if (status === "Complete")
        return results.map((cells) =>
          Object.fromEntries(cells.map(({ field = "", value = "" }) => [field, value])),
        );
      if (status !== "Running" && status !== "Scheduled")
        throw new CommandFault(
          `Logs Insights ended the query as ${status}. Ask for a shorter time.`,
        );
      await pause();
    }
  }

  return {
    async ask(name, span) {
      const { text, logGroupNames } = await saved(name);
      return rowsOf(text, logGroupNames, span);
    },
    async linesWith(fields, value, span) {
      const { logGroupNames } = await saved("numbers");
      const rows = await rowsOf(timelineText(fields, value), logGroupNames, span);
      return rows.flatMap((row) => lineIn(row["@message"] ?? ""));
    },
  };
}
