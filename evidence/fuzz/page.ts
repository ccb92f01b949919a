import { markdownTable, writePage } from "../tools/page.ts";
import { keptInputs } from "./engine/corpus.ts";
import type { Report } from "./engine/report.ts";
import { WORTH_A_LOOK_MILLISECONDS } from "./engine/trial.ts";
import type { RouteReport, RunReport } from "./routes/run.ts";

export type Fuzzing = {
  readonly targets: ReadonlyMap<string, Report>;
  readonly routes: readonly RunReport[];
  readonly seconds: number;
  readonly runs: number;
  readonly seed: number;
};

/** Writes docs/evidence/fuzzing.md. Returns its path. */
export function writeFuzzing(fuzzing: Fuzzing, now: Date): Promise<string> {
  return writePage(
    {
      name: "fuzzing",
      title: "Fuzzing",
      command: `npm run fuzz -- --seconds ${fuzzing.seconds} --runs ${fuzzing.runs} --seed ${fuzzing.seed} --write`,
      packages: ["fast-check", "istanbul-lib-instrument", "libphonenumber-js", "valibot", "twilio"],
      body: [
        introduction(fuzzing),
        targetTable(fuzzing.targets),
        HOW_TO_READ_TARGETS,
        unreached(fuzzing.targets),
        "## Requests near those of every route",
        routesText(fuzzing.routes),
        routeTable(fuzzing.routes),
        HOW_TO_READ_ROUTES,
      ].join("\n\n"),
    },
    now,
  );
}

/** A time too short to matter to a reader is printed as a bound. */
export function slownessOf({ slowest }: Report): string {
  return slowest.milliseconds < WORTH_A_LOOK_MILLISECONDS
    ? `< ${WORTH_A_LOOK_MILLISECONDS}`
    : slowest.milliseconds.toFixed(1);
}

const count = (value: number): string => Math.round(value).toLocaleString("en");
const milliseconds = (value: number | undefined): string =>
  value === undefined ? "–" : value.toFixed(1);

function introduction({ seconds, seed }: Fuzzing): string {
  return [
    `Seed ${seed}, ${seconds} seconds a target. The inputs in evidence/fuzz/corpus are tried again in every \`npm test\`, with 1,000 neighbours a target.`,
    "",
    "## Parsers, led by their branches",
    "",
    "Bytes go straight into the code that parses, judges and checks signatures. An input that takes a branch, or takes it a new number of times, is kept and changed further. Each target holds what comes out to a second reading of the same rules that is written apart from the product: the gateway's own model and a parser of its own for bodies, the fullest metadata of libphonenumber for numbers, `node:crypto` and Twilio's own client for signatures, Node's `BlockList` for networks.",
    "",
    "The engine is ours (evidence/fuzz/engine). Jazzer.js would do the same, and the targets have its shape, `fuzz(data: Buffer)`; but it does not load on Debian 12: the binary that its release 4.0.0 brings needs glibc 2.38, where there is 2.36, and release 2.1.0 downloads its binary when it is installed, from a place that cannot be reached where only the npm registry can.",
  ].join("\n");
}

function targetTable(targets: Fuzzing["targets"]): string {
  return markdownTable(
    [
      { name: "target" },
      { name: "runs", isFigure: true },
      { name: "a second", isFigure: true },
      { name: "branches", isFigure: true },
      { name: "of", isFigure: true },
      { name: "kept", isFigure: true },
      { name: "slowest, ms", isFigure: true },
    ],
    [...targets].map(([name, report]) => [
      `[${name}](../../evidence/fuzz/targets/${name}.ts)`,
      count(report.executions),
      count(report.perSecond),
      String(report.reached),
      String(report.total),
      String(keptInputs(name).length),
      slownessOf(report),
    ]),
  );
}

const HOW_TO_READ_TARGETS = [
  "- **branches**: of the files that the target names; some lie beyond what it can reach, and are listed below where no target reached them.",
  "- **kept**: the fewest inputs that reach all of them, the shortest first.",
  "- **slowest**: the least CPU time of three runs of the input that took longest. More than 50 ms is a finding.",
  "- Found: nothing. The page is written by a run in which every fact holds.",
].join("\n");

/** Where two targets share a file, one is enough. */
function unreached(targets: Fuzzing["targets"]): string {
  const reports = [...targets.values()];
  const taken = new Set(reports.flatMap((report) => report.taken));
  const missed = new Set(reports.flatMap((report) => report.unreached));
  const places = [...missed].filter((place) => !taken.has(place));
  const files = Map.groupBy(places, (place) => place.split(":")[0] ?? "");
  const lines = [...files].map(([file, all]) => {
    const numbers = new Set(all.map((place) => /:(\d+)/.exec(place)?.[1]));
    return `- ${file}: ${[...numbers].join(", ")}`;
  });
  return ["Lines with a branch that no target took:", "", ...lines].join("\n");
}

function routesText(routes: Fuzzing["routes"]): string {
  const sum = (of: (report: RunReport) => number) =>
    count(routes.reduce((total, report) => total + of(report), 0));
  return [
    `${sum(({ requests }) => requests)} requests in ${routes.length} systems with the bundles as they are deployed, drawn by fast-check near the honest requests of every row of infra/routes.ts: fields changed, taken away or doubled, bytes that are no UTF-8, depth, sizes around every limit, headers that lie, paths that are bent, methods, queries, and lengths that do not fit. ${sum(({ beforeTheApi }) => beforeTheApi)} were refused by HTTP itself. ${sum(({ messages }) => messages)} messages were sent, each to the number that its request named. ${sum(({ scanned }) => scanned)} different answers, items and log lines were scanned for codes and numbers. Every fact held.`,
  ].join("\n");
}

function routeTable(reports: readonly RunReport[]): string {
  const names = [...new Set(reports.flatMap(({ routes }) => [...routes.keys()]))].toSorted();
  return markdownTable(
    [
      { name: "near" },
      { name: "requests", isFigure: true },
      { name: "2xx", isFigure: true },
      { name: "4xx", isFigure: true },
      { name: "5xx", isFigure: true },
      { name: "CPU p50, ms", isFigure: true },
      { name: "p99", isFigure: true },
      { name: "max", isFigure: true },
      { name: "answered p50, ms", isFigure: true },
      { name: "p99", isFigure: true },
      { name: "max", isFigure: true },
    ],
    names.map((name) =>
      routeRow(
        name,
        reports.flatMap(({ routes }) => routes.get(name) ?? []),
      ),
    ),
  );
}

function routeRow(name: string, rows: readonly RouteReport[]): readonly string[] {
  const statuses = (hundred: number) =>
    rows
      .flatMap((row) => [...row.statuses])
      .filter(([status]) => Math.floor(status / 100) === hundred)
      .reduce((total, [, times]) => total + times, 0);
  const cpu = rows.flatMap((row) => row.cpuMilliseconds).toSorted((a, b) => a - b);
  const wall = rows.flatMap((row) => row.milliseconds).toSorted((a, b) => a - b);
  return [
    `\`${name}\``,
    count(rows.reduce((total, { requests }) => total + requests, 0)),
    ...[2, 4, 5].map((hundred) => count(statuses(hundred))),
    ...[cpu, wall].flatMap((times) =>
      [0.5, 0.99, 1].map((share) => milliseconds(percentile(times, share))),
    ),
  ];
}

function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

const HOW_TO_READ_ROUTES = [
  "- **CPU**: of the function, from its event to its answer, measured inside its thread; what took more than 50 ms was asked again, and the least of three counts. This is the bound that is asserted, since it does not depend on what else the machine does.",
  "- **answered**: from the first byte sent to the connection's end, on the wire. It waits for the database and for Twilio's emulator, for a function that starts cold, and for a processor; `npm run bench` measures it on a quiet machine. Nothing may take 5 seconds.",
  "- Asserted of each answer: no 5xx; of the API as docs/openapi.json describes it; a problem by RFC 9457 with the words of the table, the id of this request and the wait in its header; nothing of the request repeated; the safe headers; no fault in the log. At the end of each system an honest person is verified, and the proof checked as a back end does.",
].join("\n");
