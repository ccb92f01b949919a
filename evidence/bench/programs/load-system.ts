/** The whole local system in a process of its own, which tells what its parts have used. Told anything, it tells that and begins anew. */
import * as v from "valibot";
import { synthesizedAssembly } from "../../../local/assembly.ts";
import { startSystem } from "../../../local/system.ts";
import type { SystemReport } from "../load-report.ts";

/** The stage of developers may spend a hundred dollars an hour, and this is to measure the system and not the cap. */
const MORE_MONEY = 1_000;

const MICROSECONDS = 1_000;

const CAP = v.looseObject({ perHourMicros: v.number(), perDayMicros: v.number() });
const TERMS = v.pipe(v.string(), v.parseJson(), v.looseObject({ total: CAP }));

/** The stack as it is, with richer functions. */
function enriched(template: unknown): unknown {
  return JSON.parse(JSON.stringify(template), (key, value: unknown) => {
    if (key !== "SPEND_TERMS") return value;
    const { total, ...rest } = v.parse(TERMS, value);
    const perHourMicros = total.perHourMicros * MORE_MONEY;
    const perDayMicros = total.perDayMicros * MORE_MONEY;
    return JSON.stringify({ ...rest, total: { perHourMicros, perDayMicros } });
  });
}

const LINE = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ event: v.literal("answered"), route: v.string(), milliseconds: v.number() }),
);

function createCounts() {
  const served: SystemReport["served"] = [];
  const answered: SystemReport["answered"] = [];
  return {
    served,
    answered,
    cpu: process.cpuUsage(),
    mainCpu: process.threadCpuUsage(),
    utilization: performance.eventLoopUtilization(),
  };
}
let counts = createCounts();

const assembly = await synthesizedAssembly();
const system = await startSystem({
  port: 0,
  engine: "dynalite",
  throttled: false,
  assembly: { ...assembly, template: enriched(assembly.template) },
  onServed: ({ method, resource, milliseconds }) => {
    counts.served.push({ route: `${method} ${resource}`, milliseconds });
  },
  onLine: ({ line }) => {
    const parsed = v.safeParse(LINE, line);
    if (parsed.success) counts.answered.push(parsed.output);
  },
});

process.on("message", () => {
  const { served, answered, cpu, mainCpu, utilization } = counts;
  const all = process.cpuUsage(cpu);
  const main = process.threadCpuUsage(mainCpu);
  const report: SystemReport = {
    served,
    answered,
    cpuMilliseconds: (all.user + all.system) / MICROSECONDS,
    mainCpuMilliseconds: (main.user + main.system) / MICROSECONDS,
    mainUtilization: performance.eventLoopUtilization(utilization).utilization,
    rssBytes: process.memoryUsage.rss(),
  };
  counts = createCounts();
  process.send?.(report);
});
process.on("disconnect", () => process.exit());

process.send?.({ url: system.url });
