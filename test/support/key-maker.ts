import { LambdaClient } from "@aws-sdk/client-lambda";
import * as v from "valibot";
import { answerOf } from "../../cli/operator.ts";
import { KEY_OPERATION_RESULT } from "../../functions/operator/key-operations.ts";
import type { System } from "../../local/system.ts";

type Settings = {
  readonly app?: string;
  readonly rights?: readonly string[];
  readonly networks?: readonly string[];
  readonly sendsPerDay?: number;
  readonly seconds?: number;
};

export const A_KEY = {
  command: "keys-create",
  name: "shop",
  app: "main",
  rights: ["send", "check", "show", "cancel"],
  networks: [],
  sendsPerDay: 1_000,
  seconds: 86_400,
} as const;

/** Makes API keys as an operator does, through the function of the deployed system. */
export function keyMaker(system: () => Pick<System, "lambda">) {
  async function operate(operation: Readonly<Record<string, unknown>>) {
    const { endpoint, functionNames } = system().lambda;
    const functionName = functionNames().find((name) => name.endsWith("-operate")) ?? "";
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const lambda = new LambdaClient({ endpoint, region: "eu-west-2", credentials });
    return v.parse(KEY_OPERATION_RESULT, await answerOf({ lambda, functionName }, operation));
  }
  async function makeKey(settings: Settings = {}) {
    const made = await operate({ ...A_KEY, ...settings });
    if (made.kind !== "key-created") throw new Error(`no key was made: ${made.kind}`);
    return { id: made.id, key: made.key };
  }
  return { operate, makeKey } as const;
}
