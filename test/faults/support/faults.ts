import { setImmediate as turn } from "node:timers/promises";

/** What can become of one awaited call. */
export const FAULTS = [
  /** It throws, and nothing was done. */
  "error",
  "throttled",
  "reset",
  "timed-out-before",
  /** It is done, and its answer is lost, or is nothing that anybody can read. */
  "timed-out-after",
  "malformed",
  /** It throws, and is done when nobody waits any more. */
  "done-late",
  /** It is done, and its answer takes as long as a client of ours waits. */
  "slow",
  /** The container is frozen for minutes, before the call leaves or once it is done. */
  "frozen-before",
  "frozen-after",
  /** The function is ended, before the call leaves or once it is done. */
  "ended-before",
  "ended-after",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Faults in which nobody waits for the call to be done. */
const UNANSWERED: ReadonlySet<Fault> = new Set<Fault>([
  "error",
  "throttled",
  "reset",
  "timed-out-before",
  "done-late",
  "ended-before",
]);
/** Faults in which it is done, and its answer does not come. */
const LOST: ReadonlySet<Fault> = new Set<Fault>(["timed-out-after", "malformed"]);

const FROZEN_MILLISECONDS = 240_000;
const PASSES_BEFORE: Partial<Readonly<Record<Fault, number>>> = {
  "frozen-before": FROZEN_MILLISECONDS,
};
const PASSES_AFTER: Partial<Readonly<Record<Fault, number>>> = {
  slow: 1_900,
  "frozen-after": FROZEN_MILLISECONDS,
};

/** Faults that differ in more than the name of an error. */
export const ONE_OF_EACH_KIND: ReadonlySet<Fault> = new Set(
  FAULTS.filter(
    (fault) => !["throttled", "reset", "timed-out-before", "malformed"].includes(fault),
  ),
);

/** One call of a run: the port and its method, and which call of that method it is. */
export type Pair = { readonly call: string; readonly fault: Fault };

/** What a library might quote in an error of its own. */
export const QUOTED_CODE = "482913";

export type Ports = ReturnType<typeof faultyPorts>;

/** Calls that meet faults. `quoted` stands in the messages of errors, where libraries put what a call was about. */
export function faultyPorts(time: { now: number }, quoted: string) {
  const calls: string[] = [];
  const underWay = new Set<Promise<unknown>>();
  let isArmed = false;
  let pair: Pair | undefined;
  let hasStruck = false;
  let ending = Promise.withResolvers<"ended">();

  const errorOf = (fault: Fault) =>
    Object.assign(new Error(`${fault}: ${quoted} ${QUOTED_CODE}`), ERRORS[fault]);

  function track<Answer>(work: Promise<Answer>): Promise<Answer> {
    const known = work.catch(() => undefined).finally(() => underWay.delete(known));
    underWay.add(known);
    return work;
  }

  async function struck<Answer>(fault: Fault, work: () => Promise<Answer>): Promise<Answer> {
    hasStruck = true;
    time.now += PASSES_BEFORE[fault] ?? 0;
    const answer = UNANSWERED.has(fault) ? await unanswered(fault, work) : await work();
    if (fault === "ended-after") return ended();
    if (LOST.has(fault)) throw errorOf(fault);
    time.now += PASSES_AFTER[fault] ?? 0;
    return answer;
  }

  async function unanswered(fault: Fault, work: () => Promise<unknown>): Promise<never> {
    if (fault === "ended-before") return ended();
    if (fault === "done-late") track(turn().then(work)).catch(() => undefined);
    throw errorOf(fault);
  }

  /** Nobody goes on from here. */
  function ended(): Promise<never> {
    ending.resolve("ended");
    return new Promise(() => undefined);
  }

  function around<Answer>(method: string, work: () => Promise<Answer>): Promise<Answer> {
    if (!isArmed) return work();
    const call = `${method} ${calls.filter((known) => known.startsWith(`${method} `)).length + 1}`;
    calls.push(call);
    if (pair?.call !== call) return track(work());
    const { fault } = pair;
    return fault.startsWith("ended")
      ? struck(fault, () => track(work()))
      : track(struck(fault, work));
  }

  return {
    /** The same port, whose calls can meet a fault. */
    of: <Port extends object>(name: string, port: Port): Port =>
      new Proxy(port, {
        get(target, member) {
          const method: unknown = Reflect.get(target, member);
          if (typeof method !== "function") return method;
          return (...args: readonly unknown[]) =>
            around(`${name}.${String(member)}`, async () => Reflect.apply(method, target, args));
        },
      }),
    /** From now on calls are counted, and one of them meets its fault. */
    arm(next: Pair | undefined) {
      calls.length = 0;
      hasStruck = false;
      ending = Promise.withResolvers();
      pair = next;
      isArmed = true;
    },
    disarm() {
      isArmed = false;
      ending = Promise.withResolvers();
    },
    /** The calls since it was armed. */
    calls,
    hasStruck: () => hasStruck,
    /** Settles when the function is ended. */
    ended: () => ending.promise,
    /** Until what is still under way has come to its end. */
    async rest() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** As the SDK and Node name them. */
const ERRORS: Partial<Readonly<Record<Fault, object>>> = {
  throttled: { name: "ProvisionedThroughputExceededException", $retryable: { throttling: true } },
  reset: { code: "ECONNRESET" },
  "timed-out-before": { name: "TimeoutError" },
  "timed-out-after": { name: "TimeoutError" },
  "done-late": { name: "TimeoutError" },
  malformed: { name: "SyntaxError" },
};
