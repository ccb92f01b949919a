import dynalite from "dynalite";
import { startDynamodbLocal } from "./engines/dynamodb-local.ts";
import { close, listen, localUrl } from "./listening.ts";

export { dynamodbLocalAvailable } from "./engines/dynamodb-local.ts";
export { createTable } from "./engines/tables.ts";

/** The databases that can stand in for DynamoDB. */
export const ENGINES = ["dynalite", "dynamodb-local"] as const;
export type EngineName = (typeof ENGINES)[number];

/** A running engine. */
export type Engine = {
  readonly name: EngineName;
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
};

/**
 * Starts an engine on a free port: an empty one whose tables end with it, or one with what lies in `folder`.
 * Throws, with a reason that a person understands, where it cannot run.
 */
export async function startEngine(name: EngineName, folder?: string): Promise<Engine> {
  const start = name === "dynalite" ? startDynalite : startDynamodbLocal;
  return { name, ...(await start(folder)) };
}

/** DynamoDB in this very process: ready in a moment, and enough for everything but transactions and the item of a refused write. */
async function startDynalite(
  folder?: string,
): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(folder === undefined ? {} : { path: folder }),
  });
  const port = await listen(server);
  return { endpoint: localUrl(port), stop: () => close(server) };
}
