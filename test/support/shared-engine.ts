/** What vitest calls around the tests of a project: where most files run on DynamoDB Local they share one, each start of which costs seconds of CPU. */
import type { TestProject } from "vitest/node";
import { startEngine } from "../../local/engines.ts";
import { isAsked, missing, SHARED } from "./engine-tables.ts";

let stop: (() => Promise<void>) | undefined;

export async function setup({ name }: Pick<TestProject, "name">): Promise<void> {
  if (!["contract", "race"].includes(name) || !isAsked("dynamodb-local")) return;
  const { TEST_ENGINE_URL: foreign, [SHARED]: shared } = process.env;
  if (foreign !== undefined || shared !== undefined || (await missing("dynamodb-local"))) return;
  const engine = await startEngine("dynamodb-local");
  process.env[SHARED] = engine.endpoint;
  stop = engine.stop;
}

export const teardown = () => stop?.();
