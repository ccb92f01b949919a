import { startDynalite } from "./engines/dynalite.ts";
import { startDynamodbLocal } from "./engines/dynamodb-local.ts";

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
