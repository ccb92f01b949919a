import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as v from "valibot";
import { decimal, mebibytes, whole } from "./figures.ts";
import {
  createNumbers,
  type LoadReport,
  load,
  readHandset,
  STEPS,
  type Step,
} from "./load-clients.ts";
import { SYSTEM_REPORT, type SystemReport } from "./load-report.ts";
import type { Section } from "./section.ts";
import { quantile } from "./statistics.ts";

const CLIENTS = 50;
const WARM_UP_SECONDS = 10;
const SECONDS = 30;
const MICROSECONDS = 1_000;

const URL = v.object({ url: v.string() });

/** Sign-ins of many clients at once through the whole local system, for a while. */
export async function measureLoad(): Promise<Section> {
  const child = fork(join(import.meta.dirname, "programs/load-system.ts"));
  try {
    const [begun] = await once(child, "message");
    const { url } = v.parse(URL, begun);
    const codes = await readHandset(url);
    const common = { url, codes, clients: CLIENTS, newNumber: createNumbers() };
    await load({ ...common, seconds: WARM_UP_SECONDS });
    await reportOf(child);
    const before = process.cpuUsage();
    const clients = await load({ ...common, seconds: SECONDS });
    const { user, system } = process.cpuUsage(before);
    codes.stop();
    return sectionOf(clients, await reportOf(child), (user + system) / MICROSECONDS);
  } finally {
    child.disconnect();
  }
}

async function reportOf(child: ChildProcess): Promise<SystemReport> {
  child.send("report");
  const [report] = await once(child, "message");
  return v.parse(SYSTEM_REPORT, report);
}

const PERCENTILES = [
  { name: "p50", share: 0.5 },
  { name: "p90", share: 0.9 },
  { name: "p99", share: 0.99 },
  { name: "max", share: 1 },
] as const;

const START = "POST /v1/verifications";
const ROUTES: Readonly<Record<Step, string>> = {
  start: START,
  "wrong check": `${START}/{id}/check`,
  "right check": `${START}/{id}/check`,
};
const CREATED = 201;
const ANSWERED = 200;

function sectionOf(
  { exchanges, seconds }: LoadReport,
  report: SystemReport,
  clientCpuMilliseconds: number,
): Section {
  const timesOf = (step: Step) =>
    exchanges.filter((one) => one.step === step).map(({ milliseconds }) => milliseconds);
  const isExpected = ({ step, status }: LoadReport["exchanges"][number]) =>
    status === (step === "start" ? CREATED : ANSWERED);
  const failed = exchanges.filter((one) => !isExpected(one)).length;
  const perSecond = (many: number) => decimal(many / seconds);
  const proven = exchanges.filter((one) => one.step === "right check" && isExpected(one)).length;
  const percentiles = (times: readonly number[]) =>
    PERCENTILES.map(({ share }) => decimal(quantile(times, share), 0));
  const onRoute = (times: SystemReport["served"], route: string) =>
    times.filter((one) => one.route === route).map(({ milliseconds }) => milliseconds);
  const cpuShare = (milliseconds: number) =>
    `${decimal(milliseconds / (seconds * 1_000), 2)} cores`;
  return {
    title: "The whole system under load",
    method: `${CLIENTS} clients against the system of \`npm start\` with dynalite, each as fast as it is answered, for ${SECONDS} seconds after ${WARM_UP_SECONDS} to warm up: a start, the code that the handset shows mistyped once, the code. Every client has an address of its own. Callbacks, settling and redaction go on beside. The throttles are lifted and the money is raised, so that the system is measured and not its limits; all other limits hold. It says how this machine fares with an emulated database and four copies of each function, and nothing about AWS.`,
    tables: [
      {
        columns: [
          { name: "milliseconds, as the client sees them" },
          ...["requests", "a second", ...PERCENTILES.map(({ name }) => name)].map((name) => ({
            name,
            isFigure: true,
          })),
        ],
        rows: [
          ...STEPS.map((step) => {
            const times = timesOf(step);
            return [step, whole(times.length), perSecond(times.length), ...percentiles(times)];
          }),
          [
            "all",
            whole(exchanges.length),
            perSecond(exchanges.length),
            ...percentiles(exchanges.map(({ milliseconds }) => milliseconds)),
          ],
        ],
      },
      {
        title: "Where the time goes, in milliseconds at the median",
        columns: [
          { name: "" },
          { name: "client", isFigure: true },
          { name: "front, from request to answer", isFigure: true },
          { name: "in the function", isFigure: true },
          { name: "waiting for a free copy of it, and on the way", isFigure: true },
        ],
        rows: [
          ["start", ["start"], ROUTES.start] as const,
          ["check", ["wrong check", "right check"], ROUTES["right check"]] as const,
        ].map(([name, steps, route]) => {
          const seen = quantile(steps.flatMap(timesOf), 0.5);
          const served = quantile(onRoute(report.served, route), 0.5);
          const inside = quantile(onRoute(report.answered, route), 0.5);
          return [
            name,
            decimal(seen, 0),
            decimal(served, 0),
            decimal(inside, 0),
            decimal(served - inside, 0),
          ];
        }),
      },
      {
        title: "Where the CPU goes",
        columns: [{ name: "" }, { name: "", isFigure: true }],
        rows: [
          ["functions", cpuShare(report.cpuMilliseconds - report.mainCpuMilliseconds)],
          [
            "front, database, emulators of AWS and Twilio: one thread",
            cpuShare(report.mainCpuMilliseconds),
          ],
          ["the clients", cpuShare(clientCpuMilliseconds)],
          [
            "share of the time in which that one thread is busy",
            `${decimal(100 * report.mainUtilization, 0)} %`,
          ],
          ["numbers proven a second", perSecond(proven)],
          ["RSS of the system at the end", `${whole(mebibytes(report.rssBytes))} MiB`],
        ],
      },
    ],
    remarks: [
      "The thread that is the front, the database and all emulators at once sets the pace, and the functions wait for it: most of what a function takes is its requests to the database. Fifty clients on four copies of a function queue besides. Deployed, each of these is a service of its own, and a function has as many copies as it needs.",
    ],
    verdicts: [
      {
        measure: "answers under load that were not as expected",
        value: failed,
        unit: "",
        budget: { atMost: 0 },
      },
    ],
    charts: [
      {
        kind: "percentiles",
        name: "benchmark-load",
        title: `Latency of the local system under ${CLIENTS} clients`,
        unit: "ms",
        lines: STEPS.map((step) => ({
          label: step,
          points: PERCENTILES.map(({ name, share }) => ({
            name,
            value: quantile(timesOf(step), share),
          })),
        })),
      },
    ],
  };
}
