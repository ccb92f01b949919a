/** What an HMAC and a seal cost by a key in bytes, and by one that is made a key object first, as functions/verification does. */
import { createCipheriv, createHmac, createSecretKey, randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { REPORT_FD } from "../child.ts";
import type { KeysReport } from "../peer-work.ts";

const TIMES = 5_000;
const key = randomBytes(32);
const nonce = randomBytes(12);

type Key = Parameters<typeof createHmac>[1];

const hmacBy = (made: Key) => createHmac("sha256", made).update("a part").digest("base64url");
const sealBy = (made: Key) => createCipheriv("aes-256-gcm", made, nonce).update("a text");

/** Microseconds of CPU, once it is warm. */
function cpuOf(work: () => unknown): number {
  for (let time = 0; time < TIMES; time += 1) work();
  const before = process.cpuUsage();
  for (let time = 0; time < TIMES; time += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / TIMES;
}

const report: KeysReport = {
  hmacByBytes: cpuOf(() => hmacBy(key)),
  hmacByObject: cpuOf(() => hmacBy(createSecretKey(key))),
  sealByBytes: cpuOf(() => sealBy(key)),
  sealByObject: cpuOf(() => sealBy(createSecretKey(key))),
};
writeSync(REPORT_FD, JSON.stringify(report));
