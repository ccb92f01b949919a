import { setTimeout as delay } from "node:timers/promises";
import type { Outcome } from "../functions/thread.ts";

/** Runs a function by its name or ARN; `undefined` where there is none. */
export type InvokeFunction = (name: string) => ((event: unknown) => Promise<Outcome>) | undefined;

export type InvokeAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** Lambda tries an asynchronous event twice more, after one minute and after two more. That is too long for a demonstration. */
const RETRY_MILLISECONDS = [100, 200] as const;

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** An emulator for `Invoke` of Lambda. Returns `undefined` for any other path. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function answerInvoke(
  find: InvokeFunction,
  path: string,
  {
    invocationType,
    payload,
    stopped,
  }: { readonly invocationType: string; readonly payload: string; readonly stopped: AbortSignal },
): Promise<InvokeAnswer | undefined> {
  const name = INVOCATIONS.exec(path)?.[1];
  if (name === undefined) return undefined;
  const invoke = find(decodeURIComponent(name));
  if (invoke === undefined) return notFound(decodeURIComponent(name));
  const event: unknown = payload === "" ? {} : JSON.parse(payload);
  if (invocationType === "Event") {
    void invokeWithRetries(invoke, event, stopped);
    return { status: 202, headers: {}, body: undefined };
  }
  const outcome = await invoke(event);
  if (outcome.kind === "answered") return { status: 200, headers: {}, body: outcome.payload };
  return {
    status: 200,
    headers: { "X-Amz-Function-Error": "Unhandled" },
    body: { errorMessage: outcome.kind },
  };
}

async function invokeWithRetries(
  invoke: (event: unknown) => Promise<Outcome>,
  event: unknown,
  stopped: AbortSignal,
): Promise<void> {
  for (const milliseconds of [0, ...RETRY_MILLISECONDS]) {
    try {
      await delay(milliseconds, undefined, { signal: stopped });
      const outcome = await invoke(event);
      if (outcome.kind === "answered") return;
    } catch {
      // The system was stopped: no caller waits for the answer.
      return;
    }
  }
}

function notFound(name: string): InvokeAnswer {
  return {
    status: 404,
    headers: { "X-Amzn-ErrorType": "ResourceNotFoundException" },
    body: { Type: "User", Message: `Function not found: ${name}` },
  };
}
