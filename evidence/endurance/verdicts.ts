import { mean, OPERATIONS, percentile, type Sample, timesOf } from "./samples.ts";

/** One thing that must hold, and what was seen of it. */
export type Verdict = {
  readonly what: string;
  readonly seen: string;
  readonly bound: string;
  /** `undefined` if the run was too short. */
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

/** The verdicts of the samples on memory, latencies and handles. */
export function verdictsOf(
  samples: readonly Sample[],
  { engine }: { readonly engine: string },
): readonly Verdict[] {
  const isLong = (samples.at(-1)?.atSeconds ?? 0) >= SHORTEST_JUDGED_MINUTES * 60;
  const half = samples.slice(Math.floor(samples.length / 2));
  const found = [
    growth("heap of a copy of a function", half, {
      bytesOf: meanFunctionBytes,
      mostPercent: BOUNDS.functionGrowthPercent,
    }),
    ...(engine === "dynalite" ? [] : [mainHeap(half)]),
    growth("memory of the whole process (RSS)", half, {
      bytesOf: ({ rssBytes }) => rssBytes,
      mostPercent: BOUNDS.rssGrowthPercent,
    }),
    handles(samples),
    ...latencies(samples),
  ];
  return found.map((verdict) => (isLong ? verdict : { ...verdict, holds: undefined }));
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const signed = (figure: number) => `${figure < 0 ? "−" : "+"}${Math.abs(figure).toFixed(1)}`;

/** Least squares: how much `y` grows with one of `x`. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const middle = mean(points.map(([x]) => x));
  const height = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
  const together = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - height), 0);
  return spread === 0 ? 0 : together / spread;
}

export function meanFunctionBytes({ functionBytes }: Sample): number {
  return mean(functionBytes);
}

/** Over the second half, by the line through its samples, in percent of their mean. */
function growth(
  what: string,
  half: readonly Sample[],
  { bytesOf, mostPercent }: { bytesOf: (sample: Sample) => number; mostPercent: number },
): Verdict {
  const slope = slopeOf(half.map((sample) => [sample.atSeconds, bytesOf(sample)]));
  const height = mean(half.map(bytesOf));
  const percent =
    (100 * slope * ((half.at(-1)?.atSeconds ?? 0) - (half[0]?.atSeconds ?? 0))) / height;
  return {
    what: `${what}, after a collection, over the second half`,
    seen: `${megabytes(height)}, ${signed(percent)} %`,
    bound: `grows by less than ${mostPercent} %`,
    holds: percent < mostPercent,
  };
}

/** Per kept message, not per time: the emulator of Twilio and the phones keep all messages, since a developer may look at them. */
function mainHeap(half: readonly Sample[]): Verdict {
  const slope = slopeOf(half.map(({ kept, mainBytes }) => [kept, mainBytes]));
  return {
    what: "heap of front, emulator and phones, for each message that these keep on purpose",
    seen: `${megabytes(mean(half.map(({ mainBytes }) => mainBytes)))}, ${signed(slope / 1_000)} kB a message`,
    bound: `less than ${BOUNDS.keptBytes / 1_000} kB a message`,
    holds: slope < BOUNDS.keptBytes,
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

const medianOf = (samples: readonly Sample[], of: (sample: Sample) => number): number =>
  percentile(samples.map(of), 0.5);

function handles(samples: readonly Sample[]): Verdict {
  const [first = 0, last = 0] = thirds(samples).map((part) =>
    medianOf(part, ({ openFiles }) => openFiles),
  );
  return {
    what: "open files and sockets, median of the first and of the last third",
    seen: `${first}, ${last}`,
    bound: `not ${BOUNDS.openMore} more`,
    holds: last - first < BOUNDS.openMore,
  };
}

function latencies(samples: readonly Sample[]): readonly Verdict[] {
  const [first, last] = thirds(samples);
  const controlOf = ({ controlMilliseconds }: Sample) => controlMilliseconds;
  const machine = medianOf(last, controlOf) / medianOf(first, controlOf);
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
