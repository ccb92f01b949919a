import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { BroadcastChannel } from "node:worker_threads";
import { HEAPS_CHANNEL, type Heap } from "./collecting.ts";

/** How long one request took, as the front saw it. */
export type ServedRequest = {
  readonly operation: string;
  readonly status: number;
  readonly milliseconds: number;
};

/** What was seen of the process at one moment, after a full collection in every thread. */
export type Sample = {
  readonly atSeconds: number;
  readonly rssBytes: number;
  /** Front, emulator, phones, the people that ask, and the engine where that is dynalite. */
  readonly mainBytes: number;
  /** One a running copy of a function. */
  readonly functionBytes: readonly number[];
  readonly openFiles: number;
  readonly served: readonly ServedRequest[];
  /** What the same work took beside it: how much of the machine there was. */
  readonly controlMilliseconds: number;
  /** Of the whole machine, in the last minute. */
  readonly machineLoad: number;
  /** All that Twilio's emulator and the phones have kept so far. */
  readonly kept: number;
  readonly underWay: number;
};

const HEAPS_MILLISECONDS = 1_500;
const LONGEST_SILENCE_MILLISECONDS = 90_000;

/** Collects garbage everywhere, and reports the state of the process. For a copy that is too busy to answer the last state stands, until it was silent for long. */
export function createMeter() {
  const channel = new BroadcastChannel(HEAPS_CHANNEL);
  const copies = new Map<number, { readonly heapBytes: number; readonly at: number }>();
  channel.onmessage = (message: unknown): void => {
    const { threadId, heapBytes }: Heap = Object(message).data;
    copies.set(threadId, { heapBytes, at: performance.now() });
  };
  return {
    measure: async () => {
      channel.postMessage("collect");
      await delay(HEAPS_MILLISECONDS);
      const oldest = performance.now() - LONGEST_SILENCE_MILLISECONDS;
      for (const [threadId, { at }] of copies) if (at < oldest) copies.delete(threadId);
      globalThis.gc?.();
      const { rss: rssBytes, heapUsed, external } = process.memoryUsage();
      return {
        rssBytes,
        mainBytes: heapUsed + external,
        functionBytes: [...copies.values()].map(({ heapBytes }) => heapBytes),
        openFiles: readdirSync("/proc/self/fd").length,
        controlMilliseconds: control(),
        machineLoad: loadavg()[0] ?? 0,
      };
    },
    stop: () => channel.close(),
  };
}

const CONTROL_ROUNDS = 7;
const CONTROL_BYTES = Buffer.alloc(4_000_000, 7);

/** The middle one of a few rounds of the same work, in milliseconds. */
function control(): number {
  const rounds = Array.from({ length: CONTROL_ROUNDS }, () => {
    const began = performance.now();
    createHash("sha256").update(CONTROL_BYTES).digest();
    return performance.now() - began;
  });
  return percentile(rounds, 0.5);
}

export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

/** The operations whose times are reported, by their names in the gateway emulator, and the answers that count. */
export const OPERATIONS = [
  { name: "start", operation: "POST /v1/verifications", status: 201 },
  { name: "start, refused", operation: "POST /v1/verifications", status: 429 },
  { name: "check", operation: "POST /v1/verifications/{id}/check", status: 200 },
  { name: "resend", operation: "POST /v1/verifications/{id}/resend", status: 202 },
  { name: "show", operation: "GET /v1/verifications/{id}", status: 200 },
  { name: "callback of a message", operation: "POST /v1/deliveries/twilio", status: 204 },
] as const;

export function timesOf(
  samples: readonly Sample[],
  { operation, status }: (typeof OPERATIONS)[number],
): readonly number[] {
  const served = samples.flatMap((sample) => sample.served);
  const own = served.filter((one) => one.operation === operation && one.status === status);
  return own.map(({ milliseconds }) => milliseconds);
}
