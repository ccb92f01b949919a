import { writeSync } from "node:fs";
import * as v from "valibot";
import { REPORT_FD } from "./child.ts";

/** So many numbers in rotation, and so many pairs of a start and a check, one by one and ten at once. */
export const PEER_WORK = {
  numbers: 64,
  warmUp: 600,
  sequential: 400,
  concurrent: 400,
  atOnce: 10,
} as const;

/** Microseconds of CPU of a pair, all threads. */
export const PEER_REPORT = v.object({ sequential: v.number(), concurrent: v.number() });
export type PeerReport = v.InferOutput<typeof PEER_REPORT>;

/** Microseconds of CPU of one, by a key in bytes and by one that is made a key object first. */
export const KEYS_REPORT = v.object({
  hmacByBytes: v.number(),
  hmacByObject: v.number(),
  sealByBytes: v.number(),
  sealByObject: v.number(),
});
export type KeysReport = v.InferOutput<typeof KEYS_REPORT>;

/** Does pairs in a process of their own until they are measured, and reports. A pair throws where it does not end in an approval. */
export async function measurePairs(pair: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  async function cpuOf(pairs: number, atOnce: number): Promise<number> {
    const end = next + pairs;
    const client = async (): Promise<void> => {
      while (next < end) {
        const index = next;
        next += 1;
        await pair(index);
      }
    };
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: atOnce }, client));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / pairs;
  }
  await cpuOf(PEER_WORK.warmUp, 1);
  const report: PeerReport = {
    sequential: await cpuOf(PEER_WORK.sequential, 1),
    concurrent: await cpuOf(PEER_WORK.concurrent, PEER_WORK.atOnce),
  };
  writeSync(REPORT_FD, JSON.stringify(report));
  process.exit();
}

/** All of them from the range for drama, which no subscriber has. */
export function peerNumber(index: number): string {
  return `+447700900${String(index % PEER_WORK.numbers).padStart(3, "0")}`;
}
