/** Runs dynalite in a thread of its own: it takes half of the CPU time of a request, which would delay everything else that the system answers. */
import { parentPort, workerData } from "node:worker_threads";
import dynalite from "dynalite";
import { listen } from "../listening.ts";

// A stored buffer would keep the whole 8 KiB of the pool that Node had cut it from.
Buffer.poolSize = 0;
const { folder }: { readonly folder: string | undefined } = workerData;
const server = dynalite({
  createTableMs: 0,
  deleteTableMs: 0,
  updateTableMs: 0,
  ...(folder === undefined ? {} : { path: folder }),
});
// A client that finds no time for five seconds would write into a connection that was closed meanwhile.
server.keepAliveTimeout = 0;
parentPort?.postMessage(await listen(server));
