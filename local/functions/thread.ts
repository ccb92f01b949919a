import { Worker } from "node:worker_threads";
import * as v from "valibot";
import type { FunctionPlan } from "../template/functions.ts";
import { type InvocationMessage, REPORT } from "./messages.ts";

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: "answered"; readonly payload: unknown; readonly cpuMilliseconds: number }
  | { readonly kind: "failed"; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "crashed"; readonly errorMessage: string };

/** One line that a function wrote. */
export type FunctionLine = { readonly functionName: string; readonly line: string };

/** One running copy of a function, for one invocation at a time. */
export type Thread = {
  /** False once it has ended by itself, even if between two invocations. */
  readonly isAlive: () => boolean;
  readonly invoke: (requestId: string, event: unknown) => Promise<Outcome>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a copy of a function with `environment` and nothing else of this process.
 * After a time-out or a crash it is gone; after a failure it lives on, as in Lambda.
 */
export function startThread(
  plan: FunctionPlan,
  environment: Readonly<Record<string, string>>,
  onLine: (line: FunctionLine) => void,
): Thread {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    env: { ...environment },
    workerData: {
      bundle: plan.bundle,
      handler: plan.handler,
      functionName: plan.name,
      functionArn: plan.arn,
      memoryMebibytes: plan.memoryMebibytes,
    },
    resourceLimits: { maxOldGenerationSizeMb: plan.memoryMebibytes },
  });
  const online = new Promise<void>((resolve) => {
    worker.once("online", resolve);
  });
  let isAlive = true;
  // Without a listener for faults, one between two invocations would end the whole process.
  worker
    .on("error", () => undefined)
    .on("exit", () => {
      isAlive = false;
    });
  return {
    isAlive: () => isAlive,
    invoke: async (requestId, event) => {
      const outcome = await invoke({ worker, online }, plan, { requestId, event, onLine });
      // As Lambda does, which writes what a handler threw into the function's log.
      if (outcome.kind !== "answered")
        onLine({ functionName: plan.name, line: JSON.stringify({ level: "ERROR", ...outcome }) });
      return outcome;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

type Invocation = {
  readonly requestId: string;
  readonly event: unknown;
  readonly onLine: (line: FunctionLine) => void;
};

/** The time of an invocation begins once there is a process for it, as in Lambda. */
function invoke(
  { worker, online }: { readonly worker: Worker; readonly online: Promise<void> },
  plan: FunctionPlan,
  { requestId, event, onLine }: Invocation,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const onMessage = (message: unknown): void => {
    const report = v.parse(REPORT, message);
    if (report.kind === "output") {
      for (const line of report.text.split("\n").filter((text) => text !== ""))
        onLine({ functionName: plan.name, line });
    } else
      resolve(
        report.kind === "answered" ? { ...report, payload: JSON.parse(report.payload) } : report,
      );
  };
  const onError = (fault: Error): void => resolve({ kind: "crashed", errorMessage: fault.message });
  const onExit = (code: number): void =>
    resolve({ kind: "crashed", errorMessage: `ended with exit code ${code}` });
  worker.on("message", onMessage).on("error", onError).on("exit", onExit);
  const milliseconds = plan.timeoutSeconds * 1_000;
  let timer: NodeJS.Timeout | undefined;
  void online.then(() => {
    timer = setTimeout(() => resolve({ kind: "timed-out" }), milliseconds);
  });
  const message: InvocationMessage = {
    requestId,
    payload: JSON.stringify(event),
    deadline: Date.now() + milliseconds,
  };
  worker.postMessage(message);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", onMessage).off("error", onError).off("exit", onExit);
  });
}
