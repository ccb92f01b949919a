import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { FunctionPlan } from "../template/functions.ts";

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: "answered"; readonly payload: unknown }
  | { readonly kind: "failed"; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "crashed"; readonly errorMessage: string };

/** One event, as JSON: in Lambda, too, only JSON reaches a function, and comes back. */
export type Invocation = {
  readonly requestId: string;
  readonly payload: string;
  /** Unix milliseconds. */
  readonly deadline: number;
};

/** The messages of a worker. */
export type Report =
  | { readonly kind: "output"; readonly text: string }
  | ({ readonly requestId: string } & Extract<Outcome, { readonly kind: "answered" | "failed" }>);

export type FunctionLine = { readonly functionName: string; readonly line: string };

/** V8 would take 48: ten copies would hold 480 MiB of garbage. */
const YOUNG_MEBIBYTES = 6;

/** One running copy of a function. */
export type Thread = ReturnType<typeof startThread>;

/**
 * Starts a copy of a function with `environment` and nothing else of this process. A crash ends it at once, a time-out with the last event that
 * it had before; after a failure it continues, as in Lambda.
 */
export function startThread(
  plan: FunctionPlan,
  environment: Readonly<Record<string, string>>,
  onLine: (line: FunctionLine) => void,
) {
  const worker = startWorker(plan, environment);
  const online = new Promise<void>((resolve) => {
    worker.once("online", resolve);
  });
  const pending = new Map<string, (outcome: Outcome) => void>();
  let isAlive = true;
  const crash = (errorMessage: string): void => {
    isAlive = false;
    for (const resolve of pending.values()) resolve({ kind: "crashed", errorMessage });
  };
  worker
    .on("message", (report: Report) => {
      if (report.kind !== "output") pending.get(report.requestId)?.(report);
      else
        for (const line of report.text.match(/.+/g) ?? [])
          onLine({ functionName: plan.name, line });
    })
    .on("error", (fault: Error) => crash(fault.message))
    .on("exit", (code) => crash(`ended with exit code ${code}`));
  const stop = async () => void (await worker.terminate());

  /** The time of an invocation begins once there is a process for it, as in Lambda. */
  async function ended(event: unknown): Promise<Outcome> {
    const requestId = randomUUID();
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    pending.set(requestId, resolve);
    const milliseconds = plan.timeoutSeconds * 1_000;
    let timer: NodeJS.Timeout | undefined;
    void online.then(() => {
      timer = setTimeout(resolve, milliseconds, { kind: "timed-out" });
    });
    const message: Invocation = {
      requestId,
      payload: JSON.stringify(event),
      deadline: Date.now() + milliseconds,
    };
    worker.postMessage(message);
    const outcome = await promise;
    clearTimeout(timer);
    pending.delete(requestId);
    return outcome;
  }

  return {
    isAlive: () => isAlive,
    /** The number of current invocations. */
    busy: () => pending.size,
    invoke: async (event: unknown) => {
      const outcome = await ended(event);
      // As Lambda does, which writes what a handler threw into the function's log.
      if (outcome.kind !== "answered")
        onLine({ functionName: plan.name, line: JSON.stringify({ level: "ERROR", ...outcome }) });
      if (outcome.kind === "timed-out") isAlive = false;
      if (!isAlive && pending.size === 0) await stop();
      return outcome;
    },
    stop,
  };
}

function startWorker(plan: FunctionPlan, environment: Readonly<Record<string, string>>): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), {
    env: { LAMBDA_TASK_ROOT: dirname(plan.bundle), ...environment },
    workerData: plan,
    resourceLimits: {
      maxOldGenerationSizeMb: plan.memoryMebibytes,
      maxYoungGenerationSizeMb: YOUNG_MEBIBYTES,
    },
  });
}
