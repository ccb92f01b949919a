/** An input that takes a target longer than this hangs a request. */
export const MOST_CPU_MILLISECONDS = 50;

/** Below this, a run is no reason to look closer. */
export const WORTH_A_LOOK_MILLISECONDS = 2;

/** A garbage collection or another program may be in one run of an input, and not in the fastest of so many. */
const RUNS = 3;

export type Fuzz = (data: Buffer) => void | Promise<void>;

/** What one input did to a target. */
export type Trial = {
  /** What was thrown: a fact that does not hold. */
  readonly fault?: Error;
  /** On the wall, of this one run. */
  readonly milliseconds: number;
};

export async function tried(fuzz: Fuzz, bytes: Buffer): Promise<Trial> {
  const startedAt = performance.now();
  try {
    const running = fuzz(bytes);
    if (running !== undefined) await running;
  } catch (fault) {
    const milliseconds = performance.now() - startedAt;
    return { fault: fault instanceof Error ? fault : new Error(String(fault)), milliseconds };
  }
  return { milliseconds: performance.now() - startedAt };
}

/** What an input costs by itself: the least CPU time of this thread over several runs. */
export async function cpuMilliseconds(fuzz: Fuzz, bytes: Buffer): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const before = process.threadCpuUsage();
    await tried(fuzz, bytes);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

/** About MOST_CPU_MILLISECONDS of work: a slow or busy machine takes longer for it too, and a test compares with it. */
export function sorting(): void {
  Array.from({ length: 200_000 }, (_, index) => String((index * 7_919) % 199_999)).sort();
}
