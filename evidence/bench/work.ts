import { writeSync } from "node:fs";
import { REPORT_FD } from "./child.ts";

/** So many requests one by one to warm up and as many side by side; then so many to be measured, one by one and side by side. */
type Work = { readonly warmUp: number; readonly measured: number; readonly atOnce: number };

export const WARM_WORK = { warmUp: 150, measured: 400, atOnce: 50 } as const satisfies Work;
export const PEER_WORK = { warmUp: 300, measured: 400, atOnce: 10 } as const satisfies Work;

/** Of one request. */
type Used = {
  readonly cpuMicroseconds: number;
  readonly wallMicroseconds: number;
  readonly storeRequests: number;
};

/** Of the process so far. CPU apart is no work of the measured program. */
type Counted = { readonly apartMicroseconds?: number; readonly storeRequests?: number };
export type Way = "sequential" | "concurrent";
export type WorkReport = Readonly<Record<Way, Used>> & { readonly peakBytes: number };

/** A call of AWS that takes longer than a second is given up. So few failures do not move a median. */
const MOST_FAILED = 5;
const KIBIBYTE = 1_024;

/** Does the work in this process, reports its CPU, all threads, and ends the process. `once` throws where its request fails. */
export async function measureWork(
  { warmUp, measured, atOnce }: Work,
  once: (index: number) => Promise<void>,
  counted: () => Counted = () => ({}),
): Promise<never> {
  let next = 0;
  let failed = 0;
  const work = async (requests: number, lanes: number): Promise<Used> => {
    const end = next + requests;
    const client = async (): Promise<void> => {
      while (next < end) {
        const index = next;
        next += 1;
        await once(index).catch((fault: unknown) => {
          failed += 1;
          if (failed > MOST_FAILED) throw fault;
        });
      }
    };
    const startedAt = performance.now();
    const before = process.cpuUsage();
    const countedBefore = counted();
    await Promise.all(Array.from({ length: lanes }, client));
    const { user, system } = process.cpuUsage(before);
    const countedAfter = counted();
    const counts = (name: keyof Counted) => (countedAfter[name] ?? 0) - (countedBefore[name] ?? 0);
    return {
      cpuMicroseconds: (user + system - counts("apartMicroseconds")) / requests,
      wallMicroseconds: ((performance.now() - startedAt) * 1_000) / requests,
      storeRequests: counts("storeRequests") / requests,
    };
  };
  await work(warmUp, 1);
  await work(warmUp, atOnce);
  const sequential = await work(measured, 1);
  const concurrent = await work(measured, atOnce);
  const peakBytes = process.resourceUsage().maxRSS * KIBIBYTE;
  const report: WorkReport = { sequential, concurrent, peakBytes };
  writeSync(REPORT_FD, JSON.stringify(report));
  process.exit();
}
