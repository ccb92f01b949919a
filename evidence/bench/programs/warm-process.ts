/**
 * Asks one handler again and again in a process of its own, once it is warm: one request at a time, then many at once. Called with the bundle,
 * the file of an event, and which share of the work to do; reports CPU of this process, all threads.
 */
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import * as v from "valibot";
import { aContext } from "../../../test/support/events.ts";
import { REPORT_FD } from "../child.ts";
import { type WarmReport, WORK } from "../warm-work.ts";

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const [, , bundle = "", eventFile = "", share = "1"] = process.argv;
const handler = handlerIn(createRequire(import.meta.url)(bundle));
const event: unknown = JSON.parse(readFileSync(eventFile, "utf8"));

function handlerIn(loaded: unknown): Handler {
  const { handler: found } = v.parse(v.looseObject({ handler: v.function() }), loaded);
  return async (...given) => found(...given);
}

/** Each request has an event of its own, as the runtime client gives one. */
async function isAnswered(): Promise<boolean> {
  const answer = await handler(structuredClone(event), aContext);
  return v.parse(v.object({ statusCode: v.number() }), answer).statusCode < 300;
}

async function work(requests: number, atOnce: number): Promise<WarmReport["sequential"]> {
  let left = requests;
  let failed = 0;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (!(await isAnswered())) failed += 1;
    }
  };
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: atOnce }, client));
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMicroseconds: (user + system) / requests,
    wallMicroseconds: ((performance.now() - startedAt) * 1_000) / requests,
    failed,
  };
}

const shareOf = (requests: number) => Math.ceil(requests * Number(share));
await work(shareOf(WORK.warmUp), 1);
await work(shareOf(WORK.warmUp), WORK.atOnce);
const sequential = await work(shareOf(WORK.sequential), 1);
const concurrent = await work(shareOf(WORK.concurrent), WORK.atOnce);
const report: WarmReport = { sequential, concurrent };
writeSync(REPORT_FD, JSON.stringify(report));
process.exit();
