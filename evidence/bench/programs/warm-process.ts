/** Asks one handler again and again in a process of its own. Called with the bundle, the file of an event, and which share of the work to do. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { aContext } from "../../../test/support/events.ts";
import { measureWork, WARM_WORK } from "../work.ts";

const [, , bundle = "", eventFile = "", share = "1"] = process.argv;
const { handler } = createRequire(import.meta.url)(bundle);
const event: unknown = JSON.parse(readFileSync(eventFile, "utf8"));

const shareOf = (requests: number) => Math.ceil(requests * Number(share));
const { warmUp, measured, atOnce } = WARM_WORK;
const work = { warmUp: shareOf(warmUp), measured: shareOf(measured), atOnce };

// Each request has an event of its own, as the runtime client gives one.
await measureWork(work, async () => {
  const { statusCode } = await handler(structuredClone(event), aContext);
  if (!(statusCode < 300)) throw new Error(`answered ${statusCode}`);
});
