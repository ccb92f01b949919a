import { openTable } from "./adapters/dynamodb/table.ts";
import { byName } from "./http/apps.ts";
import { appsOf } from "./runtime/apps.ts";
import { readEnv } from "./runtime/environment.ts";
import { log } from "./runtime/log.ts";
import { sendingDeps } from "./runtime/sending.ts";
import { appOf } from "./verification/identifiers.ts";
import { type FailedMessage, takeNextStep } from "./verification/next-step.ts";

const env = readEnv("take-next-step");
const sending = sendingDeps(env, openTable(env.TABLE_NAME));
const depsOf = byName(appsOf({ ...env, ALLOWED_ORIGINS: "", HAS_APPS: "" }, sending));

/** Invoked by receive-delivery, never by a route. Lambda retries after a fault: a step that was taken is not taken again. */
export const handler = async (failed: FailedMessage): Promise<void> => {
  const outcome = await takeNextStep(depsOf(appOf(failed.id) ?? env.APP), failed);
  log({ event: "stepped", outcome: outcome.kind === "refused" ? outcome.why : outcome.kind });
};
