/** Loaded into every thread before anything else: a copy of a function collects its garbage on request, and reports the remaining heap. */
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";

/** Over this channel each copy is asked, and answers. */
export const HEAPS_CHANNEL = "endurance-heaps";

export type Heap = { readonly threadId: number; readonly heapBytes: number };

if (!isMainThread) {
  const channel = new BroadcastChannel(HEAPS_CHANNEL);
  channel.onmessage = (message: unknown): void => {
    if (Object(message).data !== "collect") return;
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    channel.postMessage({ threadId, heapBytes: heapUsed + external } satisfies Heap);
  };
  // It must not keep a copy alive that has nothing else to do.
  channel.unref();
}
