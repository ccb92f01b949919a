import * as v from "valibot";

/** The message that starts a worker. */
export const WORKER_DATA = v.object({
  bundle: v.string(),
  handler: v.string(),
  functionName: v.string(),
  functionArn: v.string(),
  memoryMebibytes: v.number(),
});

/** One event, as JSON: in Lambda, too, only JSON reaches a function. */
export const INVOCATION = v.object({
  requestId: v.string(),
  payload: v.string(),
  /** Unix milliseconds. */
  deadline: v.number(),
});
export type InvocationMessage = v.InferOutput<typeof INVOCATION>;

/** The messages of a worker. */
export const REPORT = v.variant("kind", [
  v.object({ kind: v.literal("output"), text: v.string() }),
  v.object({
    kind: v.literal("answered"),
    requestId: v.string(),
    payload: v.pipe(v.string(), v.parseJson()),
  }),
  v.object({
    kind: v.literal("failed"),
    requestId: v.string(),
    errorType: v.string(),
    errorMessage: v.string(),
  }),
]);
export type Report = v.InferInput<typeof REPORT>;
