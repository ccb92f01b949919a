/** Loaded into every thread of the system's process before anything else: a copy of a function collects its garbage on request, and reports the remaining heap. */
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";
import { HEAP_QUESTION, HEAPS_CHANNEL } from "./messages.ts";

if (!isMainThread) {
  const channel = new BroadcastChannel(HEAPS_CHANNEL);
  channel.onmessage = (message: unknown): void => {
    if (Object(message).data !== HEAP_QUESTION) return;
    globalThis.gc?.();
    const { heapUsed: heapBytes, external } = process.memoryUsage();
    const name = process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "unknown";
    channel.postMessage({ name, threadId, heapBytes: heapBytes + external });
  };
  // It must not keep a copy alive that has nothing else to do.
  channel.unref();
}
