import type { AnyFunctionName } from "../functions/runtime/environment.ts";

/** Resources that a function may be granted. */
export type ResourceName =
  | "table"
  | "numbersKey"
  | "codesKey"
  | "proofKeys"
  | "twilioSecret"
  | "twilioAuthSecret"
  | "challengeSecret"
  | "outcomeFunction"
  | "nextStepFunction"
  | "deadLetters"
  | "eventBus";

type Grant = { readonly on: ResourceName; readonly actions: readonly string[] };

export type FunctionRow = {
  /** The description in the console. */
  readonly does: string;
  readonly timeoutSeconds: number;
  readonly memoryMebibytes: number;
  /** All permissions of its role, except writing its own log. */
  readonly grants: readonly Grant[];
};

/**
 * Memory sets the CPU: at 512 MiB a first request takes 30 ms of CPU in about 100 ms. 256 is for functions that no person waits for, or without
 * SDK.
 */
const MEMORY = { awaited: 512, small: 256 } as const;

/**
 * Seconds after which a function is stopped. Each AWS call has 1 s and one retry; Twilio has 5 s once. A function with a response ends before the
 * 29 s of the gateway.
 */
const TIMEOUT = { withTwilio: 20, withTable: 10, alone: 3 } as const;

const READ_WRITE = ["dynamodb:GetItem", "dynamodb:UpdateItem"] as const;
const DERIVE = ["kms:GenerateMac"] as const;
const READ_SECRET = ["secretsmanager:GetSecretValue"] as const;
/** The grants of a resend and of a next step of a plan. */
const TO_SEND_AGAIN: readonly Grant[] = [
  { on: "table", actions: READ_WRITE },
  { on: "numbersKey", actions: DERIVE },
  { on: "codesKey", actions: DERIVE },
  { on: "twilioSecret", actions: READ_SECRET },
];

/** A start, a check and all else that a back end may do with an API key. */
const TO_SERVE_KEYS: readonly Grant[] = [
  { on: "table", actions: [...READ_WRITE, "dynamodb:PutItem", "dynamodb:DeleteItem"] },
  { on: "numbersKey", actions: DERIVE },
  { on: "codesKey", actions: DERIVE },
  { on: "twilioSecret", actions: READ_SECRET },
  { on: "proofKeys", actions: ["kms:Sign", "kms:DescribeKey"] },
  { on: "outcomeFunction", actions: ["lambda:InvokeFunction"] },
];

export const FUNCTIONS: Readonly<Record<AnyFunctionName, FunctionRow>> = {
  "start-verification": {
    does: "Starts a verification and sends its first code",
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.awaited,
    grants: [
      { on: "table", actions: [...READ_WRITE, "dynamodb:PutItem", "dynamodb:DeleteItem"] },
      { on: "numbersKey", actions: DERIVE },
      { on: "codesKey", actions: DERIVE },
      { on: "twilioSecret", actions: READ_SECRET },
      { on: "challengeSecret", actions: READ_SECRET },
    ],
  },
  "resend-code": {
    does: "Sends another code of a verification",
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.awaited,
    grants: TO_SEND_AGAIN,
  },
  "check-code": {
    does: "Checks a code and signs the proof",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.awaited,
    grants: [
      { on: "table", actions: READ_WRITE },
      { on: "numbersKey", actions: DERIVE },
      { on: "codesKey", actions: DERIVE },
      { on: "proofKeys", actions: ["kms:Sign", "kms:DescribeKey"] },
      { on: "outcomeFunction", actions: ["lambda:InvokeFunction"] },
    ],
  },
  "show-verification": {
    does: "Returns the status of a verification",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.awaited,
    grants: [
      { on: "table", actions: ["dynamodb:GetItem"] },
      { on: "numbersKey", actions: DERIVE },
    ],
  },
  "cancel-verification": {
    does: "Ends a verification that was started by mistake",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.awaited,
    grants: [{ on: "table", actions: READ_WRITE }],
  },
  "publish-proof-keys": {
    does: "Publishes the keys that proofs are verified with",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.awaited,
    grants: [{ on: "proofKeys", actions: ["kms:GetPublicKey"] }],
  },
  "answer-preflight": {
    does: "Answers the preflights of browsers",
    timeoutSeconds: TIMEOUT.alone,
    memoryMebibytes: MEMORY.small,
    grants: [],
  },
  "receive-delivery": {
    does: "Receives the delivery reports of Twilio",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.small,
    grants: [
      { on: "table", actions: READ_WRITE },
      { on: "numbersKey", actions: DERIVE },
      { on: "twilioAuthSecret", actions: READ_SECRET },
      { on: "outcomeFunction", actions: ["lambda:InvokeFunction"] },
      { on: "nextStepFunction", actions: ["lambda:InvokeFunction"] },
    ],
  },
  "speak-code": {
    does: "Speaks the code in a call, after a key press",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.awaited,
    grants: [
      { on: "table", actions: READ_WRITE },
      { on: "numbersKey", actions: DERIVE },
      { on: "twilioAuthSecret", actions: READ_SECRET },
    ],
  },
  "take-next-step": {
    does: "Sends the next code of a plan after a message that failed",
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.awaited,
    grants: TO_SEND_AGAIN,
  },
  "report-outcome": {
    does: "Reports to Twilio what became of a message, and redacts it there",
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.small,
    grants: [
      { on: "twilioSecret", actions: READ_SECRET },
      { on: "deadLetters", actions: ["sqs:SendMessage"] },
    ],
  },
  "serve-keyed": {
    does: "Answers back ends that hold an API key",
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.awaited,
    grants: TO_SERVE_KEYS,
  },
  "serve-twilio-verify": {
    does: "Answers back ends that hold an API key, in the shape of Twilio Verify",
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.awaited,
    grants: TO_SERVE_KEYS,
  },
  "publish-events": {
    does: "Puts what happens to verifications on the bus of the stack, out of the logs",
    timeoutSeconds: TIMEOUT.withTable,
    memoryMebibytes: MEMORY.small,
    grants: [
      { on: "eventBus", actions: ["events:PutEvents"] },
      { on: "deadLetters", actions: ["sqs:SendMessage"] },
    ],
  },
  operate: {
    does: "Runs the commands of operators: look up, block, unblock, pause, erase",
    // A block of a client for a week is a thousand writes.
    timeoutSeconds: TIMEOUT.withTwilio,
    memoryMebibytes: MEMORY.awaited,
    grants: [
      { on: "table", actions: [...READ_WRITE, "dynamodb:DeleteItem"] },
      { on: "numbersKey", actions: DERIVE },
    ],
  },
};
