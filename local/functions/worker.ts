/** What runs inside a worker thread: one function, as in one environment of Lambda. */
import { createRequire, flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionPlan } from "../template/functions.ts";
import type { Invocation, Report } from "./thread.ts";

type Handler = (event: unknown, context: unknown) => unknown;

const port = parentPort;
if (port === null) throw new Error("this file runs in a worker thread");
const report = (message: Report): void => port.postMessage(message);

const { bundle, handler, name: functionName, arn, memoryMebibytes }: FunctionPlan = workerData;

// Node has read it; a function has its own variables only.
delete process.env["NODE_COMPILE_CACHE"];

// Lines and answers share a channel, so that a line arrives before the answer that follows it.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text: string | Uint8Array): boolean => {
    report({
      kind: "output",
      text: typeof text === "string" ? text : Buffer.from(text).toString("utf8"),
    });
    return true;
  };
}

port.on("message", (invocation: Invocation) => void run(invocation));

let isCompiled = false;

async function run({ requestId, payload, deadline }: Invocation): Promise<void> {
  try {
    const answer = await loadedHandler()(JSON.parse(payload), contextOf(requestId, deadline));
    const json = JSON.stringify(answer) ?? "null";
    report({ kind: "answered", requestId, payload: JSON.parse(json) });
  } catch (fault) {
    const { name, message } = fault instanceof Error ? fault : new Error(String(fault));
    report({ kind: "failed", requestId, errorType: name, errorMessage: message });
  }
  // The next copy finds it.
  if (!isCompiled) flushCompileCache();
  isCompiled = true;
}

function loadedHandler(): Handler {
  const { [handler]: found } = Object(createRequire(import.meta.url)(bundle));
  if (!isHandler(found)) throw new Error(`the bundle exports no function ${handler}`);
  return found;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(requestId: string, deadline: number): unknown {
  return {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMebibytes),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: true,
    // Not by the function's own clock, which tests turn.
    getRemainingTimeInMillis: () => deadline - (performance.timeOrigin + performance.now()),
  };
}
