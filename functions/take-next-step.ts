import { openTable } from "./adapters/dynamodb/table.ts";
import { readEnv } from "./runtime/environment.ts";
import { log } from "./runtime/log.ts";
import { sendingDeps } from "./runtime/sending.ts";
import { type FailedMessage, takeNextStep } from "./verification/next-step.ts";

const env = readEnv("take-next-step");
const deps = sendingDeps(env, openTable(env.TABLE_NAME));

/** Invoked by receive-delivery, never by a route, and never retried: a person can still ask for a step that was not taken. */
export const handler = async (failed: FailedMessage): Promise<void> => {
  const outcome = await takeNextStep(deps, failed);
  log({
    event: "stepped",
    outcome: outcome.kind === "refused" ? outcome.why : outcome.kind,
  });
};
