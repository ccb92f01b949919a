import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { startDynamodbLocal } from "./engines/dynamodb-local.ts";
import { localUrl } from "./listening.ts";

export { dynamodbLocalAvailable } from "./engines/dynamodb-local.ts";
export { createTable } from "./engines/tables.ts";

/** The emulators for DynamoDB. */
export const ENGINES = ["dynalite", "dynamodb-local"] as const;
export type EngineName = (typeof ENGINES)[number];

/** A running engine. */
export type Engine = {
  readonly name: EngineName;
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
};

/** Starts an engine on a free port, in memory or with the data in `folder`. Throws with a readable reason if it cannot run. */
export async function startEngine(name: EngineName, folder?: string): Promise<Engine> {
  const start = name === "dynalite" ? startDynalite : startDynamodbLocal;
  return { name, ...(await start(folder)) };
}

/** DynamoDB in a thread of this process: ready in a moment, and enough for everything but transactions and the item of a refused write. */
async function startDynalite(folder?: string): Promise<Omit<Engine, "name">> {
  const worker = new Worker(new URL("./engines/dynalite-worker.ts", import.meta.url), {
    workerData: { folder },
  });
  const [port] = await once(worker, "message");
  return { endpoint: localUrl(port), stop: async () => void (await worker.terminate()) };
}
