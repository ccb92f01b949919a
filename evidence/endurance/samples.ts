import { createHash } from "node:crypto";
import type { ServedRequest, SystemState } from "./messages.ts";

/** What was seen of the system at one moment. */
export type Sample = {
  readonly atSeconds: number;
  readonly state: Omit<SystemState, "served">;
  readonly served: readonly ServedRequest[];
  /** What the same work took beside it: how much of the machine there was. */
  readonly controlMilliseconds: number;
  /** Of the whole machine, in the last minute: who wants to run, of all that goes on there. */
  readonly machineLoad: number;
  readonly rows: Readonly<Record<string, number>>;
  /** All that Twilio's emulator and the phones have kept so far. */
  readonly kept: number;
  readonly underWay: number;
};

const CONTROL_ROUNDS = 7;
const CONTROL_BYTES = Buffer.alloc(4_000_000, 7);

/** The middle one of a few rounds of the same work, in milliseconds. */
export function control(): number {
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

/** Least squares: how much `y` grows with one of `x`, and where it stands in the middle. */
export function regression(points: readonly (readonly [x: number, y: number])[]): {
  readonly slope: number;
  readonly mean: number;
} {
  const middle = mean(points.map(([x]) => x));
  const height = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
  const together = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - height), 0);
  return { slope: spread === 0 ? 0 : together / spread, mean: height };
}

/** The operations whose times are told, as the front names them, and the answers that count. */
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
  return samples.flatMap(({ served }) =>
    served
      .filter((one) => one.operation === operation && one.status === status)
      .map(({ milliseconds }) => milliseconds),
  );
}
