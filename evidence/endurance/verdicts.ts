import { mean, OPERATIONS, percentile, regression, type Sample, timesOf } from "./samples.ts";

/** One thing that must hold, and what was seen of it. */
export type Verdict = {
  readonly what: string;
  readonly seen: string;
  readonly bound: string;
  /** `undefined` where the run was too short to say. */
  readonly holds: boolean | undefined;
};

/** Caches and pools fill up in the first minutes; a slope of them is no leak. */
const SHORTEST_JUDGED_MINUTES = 10;

/** Cold starts are measured by `npm run bench`. */
const WARM_UP_SECONDS = 120;

const BOUNDS = {
  /** The noise of one copy's heap over the second half, after a full collection. */
  functionGrowthPercent: 5,
  /** Of the main heap for each message and incident that emulator and phones keep on purpose: a stored message with its text, outcome and times. */
  keptBytes: 12_000,
  /** Of what the whole process takes from the machine over the second half. */
  rssGrowthPercent: 10,
  /** The median of an operation in the last third against the first, less what the machine itself became slower. */
  latencyRatio: 1.5,
  /** Files and sockets at the end against the beginning. */
  openMore: 40,
} as const;

/** What the samples say of memory, latencies and handles. */
export function verdictsOf(
  samples: readonly Sample[],
  { engine }: { readonly engine: string },
): readonly Verdict[] {
  const minutes = (samples.at(-1)?.atSeconds ?? 0) / 60;
  const isLong = minutes >= SHORTEST_JUDGED_MINUTES;
  const half = samples.slice(Math.floor(samples.length / 2));
  const found = [
    functionHeaps(half),
    ...(engine === "dynalite" ? [] : [mainHeap(half)]),
    rss(half),
    handles(samples),
    ...latencies(samples),
  ];
  return found.map((verdict) => (isLong ? verdict : { ...verdict, holds: undefined }));
}

const MEGABYTE = 1_000_000;
const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MB`;
const signed = (figure: number, digits = 1) =>
  `${figure < 0 ? "−" : "+"}${Math.abs(figure).toFixed(digits)}`;

/** Growth over the samples by the line through them, in percent of their mean. */
function growthPercent(points: readonly (readonly [number, number])[]): number {
  const { slope, mean: height } = regression(points);
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  return (100 * slope * (last - first)) / height;
}

export function meanFunctionHeap({ state }: Sample): number {
  return mean(state.functions.map(({ heapBytes }) => heapBytes));
}

function functionHeaps(half: readonly Sample[]): Verdict {
  const points = half.map((sample) => [sample.atSeconds, meanFunctionHeap(sample)] as const);
  const percent = growthPercent(points);
  return {
    what: "heap of a copy of a function, after a collection, over the second half",
    seen: `${megabytes(regression(points).mean)}, ${signed(percent)} %`,
    bound: `grows by less than ${BOUNDS.functionGrowthPercent} %`,
    holds: percent < BOUNDS.functionGrowthPercent,
  };
}

/** Per kept message, not per time: the emulator of Twilio and the phones keep all messages, since a developer may look at them. */
function mainHeap(half: readonly Sample[]): Verdict {
  const { slope, mean: height } = regression(
    half.map(({ kept, state }) => [kept, state.main.heapBytes] as const),
  );
  return {
    what: "heap of front, emulator and phones, for each message that these keep on purpose",
    seen: `${megabytes(height)}, ${signed(slope / 1_000)} kB a message`,
    bound: `less than ${BOUNDS.keptBytes / 1_000} kB a message`,
    holds: slope < BOUNDS.keptBytes,
  };
}

function rss(half: readonly Sample[]): Verdict {
  const points = half.map(({ atSeconds, state }) => [atSeconds, state.rssBytes] as const);
  const percent = growthPercent(points);
  return {
    what: "memory of the whole process (RSS), over the second half",
    seen: `${megabytes(regression(points).mean)}, ${signed(percent)} %`,
    bound: `grows by less than ${BOUNDS.rssGrowthPercent} %`,
    holds: percent < BOUNDS.rssGrowthPercent,
  };
}

/** The first and the last third of what comes after the warm-up, where there is so much. */
function thirds(samples: readonly Sample[]) {
  const warm = samples.filter(({ atSeconds }) => atSeconds > WARM_UP_SECONDS);
  const third = Math.floor(warm.length / 3);
  return third === 0
    ? ([samples.slice(0, 1), samples.slice(-1)] as const)
    : ([warm.slice(0, third), warm.slice(-third)] as const);
}

function handles(samples: readonly Sample[]): Verdict {
  const [first, last] = thirds(samples).map((part) =>
    percentile(
      part.map(({ state }) => state.openFiles ?? state.sockets),
      0.5,
    ),
  );
  return {
    what: "open files and sockets, median of the first and of the last third",
    seen: `${first}, ${last}`,
    bound: `not ${BOUNDS.openMore} more`,
    holds: (last ?? 0) - (first ?? 0) < BOUNDS.openMore,
  };
}

function latencies(samples: readonly Sample[]): readonly Verdict[] {
  const [first, last] = thirds(samples);
  const machine =
    percentile(
      last.map(({ controlMilliseconds }) => controlMilliseconds),
      0.5,
    ) /
    percentile(
      first.map(({ controlMilliseconds }) => controlMilliseconds),
      0.5,
    );
  return OPERATIONS.map((operation) => {
    const before = percentile(timesOf(first, operation), 0.5);
    const after = percentile(timesOf(last, operation), 0.5);
    const ratio = after / before / Math.max(1, machine);
    return {
      what: `${operation.name}: median of the first and of the last third`,
      seen: `${before.toFixed(0)} ms, ${after.toFixed(0)} ms; the machine itself × ${machine.toFixed(2)}`,
      bound: `× ${BOUNDS.latencyRatio} at most`,
      holds: Number.isNaN(ratio) || ratio <= BOUNDS.latencyRatio,
    };
  });
}
