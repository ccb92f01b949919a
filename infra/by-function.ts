import type { AnyFunctionName, FunctionName } from "../functions/runtime/environment.ts";

/** One value for each function of every stage. A new function does not compile until it is here. */
export function byFunction<Made>(
  make: <F extends FunctionName>(name: F) => Made,
): Readonly<Record<FunctionName, Made>> {
  return {
    "start-verification": make("start-verification"),
    "resend-code": make("resend-code"),
    "check-code": make("check-code"),
    "show-verification": make("show-verification"),
    "cancel-verification": make("cancel-verification"),
    "publish-proof-keys": make("publish-proof-keys"),
    "answer-preflight": make("answer-preflight"),
    "receive-delivery": make("receive-delivery"),
    "speak-code": make("speak-code"),
    "take-next-step": make("take-next-step"),
    "report-outcome": make("report-outcome"),
    "serve-keyed": make("serve-keyed"),
    "serve-twilio-verify": make("serve-twilio-verify"),
    operate: make("operate"),
  };
}

/** One value for each function that there can be. */
export function byBundle<Made>(
  make: <F extends AnyFunctionName>(name: F) => Made,
): Readonly<Record<AnyFunctionName, Made>> {
  return { ...byFunction(make), "publish-events": make("publish-events") };
}

export const FUNCTION_NAMES: readonly FunctionName[] = Object.values(byFunction((name) => name));
