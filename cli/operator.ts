import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as v from "valibot";
import { OPERATION_RESULT, type OperationResult } from "../functions/operator/operation.ts";
import { asking } from "./aws-faults.ts";
import { outputsOf } from "./deployed.ts";
import type { Place } from "./ops-arguments.ts";
import { CommandFault } from "./terminal.ts";

/** Does one operation at one place. */
export type Operator = (operation: unknown) => Promise<OperationResult>;

/** The file in which `npm start` writes how to reach it. */
const LOCAL_FILE = join(import.meta.dirname, "../.build/local.json");

const LOCAL = v.object({
  pid: v.number(),
  lambda: v.pipe(v.string(), v.url()),
  region: v.string(),
  functionNames: v.array(v.string()),
});

/** A client of Lambda and the name of the function in it. */
export type Reach = { readonly lambda: LambdaClient; readonly functionName: string };

export async function operatorAt(
  place: Place,
  {
    lambda = new LambdaClient({}),
    stacks = new CloudFormationClient({}),
    localFile = LOCAL_FILE,
  }: {
    readonly lambda?: LambdaClient;
    readonly stacks?: CloudFormationClient;
    readonly localFile?: string;
  } = {},
): Promise<Operator> {
  if (place.kind === "local") return operatorOf(await localReach(localFile));
  const output = await outputsOf(stacks, place);
  return operatorOf({ lambda, functionName: output("OperateFunction") });
}

/** Asks the function and checks its answer. */
export function operatorOf({ lambda, functionName }: Reach): Operator {
  return async (operation) => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      Payload: Buffer.from(JSON.stringify(operation)),
    });
    const { Payload, FunctionError } = await asking(() => lambda.send(command));
    if (FunctionError !== undefined)
      throw new CommandFault(`The operation failed. The log of ${functionName} says why.`);
    return v.parse(OPERATION_RESULT, JSON.parse(Buffer.from(Payload ?? []).toString()));
  };
}

async function localReach(file: string): Promise<Reach> {
  const text = await readFile(file, "utf8").catch(() => "null");
  const local = v.safeParse(LOCAL, JSON.parse(text));
  const { lambda: endpoint, region, functionNames, pid } = local.success ? local.output : NOWHERE;
  const functionName = functionNames.find((name) => name.endsWith("-operate"));
  if (functionName === undefined || !isRunning(pid))
    throw new CommandFault("The local system does not run. Start it: npm start.");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { lambda: new LambdaClient({ endpoint, region, credentials }), functionName };
}

const NOWHERE = { lambda: "", region: "", functionNames: [], pid: 0 } as const;

/** A system that was killed leaves its file behind. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
