import type { FunctionName } from "../functions/runtime/environment.ts";

/** One value for each function. A new function does not compile until it is here. */
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

export const FUNCTION_NAMES: readonly FunctionName[] = Object.values(byFunction((name) => name));
