import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as v from "valibot";
import { OPERATION_RESULT, type OperationResult } from "../functions/operator/operation.ts";
import { type Running, runningSystems } from "../local/running.ts";
import { deployedLogs, type Logs, localLogs } from "./activity/logs.ts";
import { asking } from "./aws-faults.ts";
import { outputsOf } from "./deployed.ts";
import type { Place } from "./ops-arguments.ts";
import { CommandFault } from "./terminal.ts";

/** Does one operation at one place. */
export type Operator = (operation: unknown) => Promise<OperationResult>;

/** A client of Lambda and the name of the function in it. */
export type Reach = { readonly lambda: LambdaClient; readonly functionName: string };

/** The targets of the commands: the function that operates, and the logs. */
export type Deployed = {
  readonly title: string;
  readonly reach: Reach;
  readonly operate: Operator;
  readonly logs: Logs;
};

export async function deployedAt(
  place: Place,
  {
    lambda = new LambdaClient({}),
    stacks = new CloudFormationClient({}),
    logs = new CloudWatchLogsClient({}),
    localFolder,
  }: {
    readonly lambda?: LambdaClient;
    readonly stacks?: CloudFormationClient;
    readonly logs?: CloudWatchLogsClient;
    readonly localFolder?: string;
  } = {},
): Promise<Deployed> {
  if (place.kind === "local") return localAt(place, localFolder);
  const output = await outputsOf(stacks, place);
  const reach = { lambda, functionName: output("OperateFunction") };
  return {
    title: `the stack ${place.stackName}`,
    reach,
    operate: operatorOf(reach),
    logs: deployedLogs(logs, output("Name")),
  };
}

/** Asks the function and checks its answer. */
export function operatorOf(reach: Reach): Operator {
  return async (operation) => v.parse(OPERATION_RESULT, await answerOf(reach, operation));
}

/** The answer of the function to an operation, unchecked. */
export async function answerOf(
  { lambda, functionName }: Reach,
  operation: unknown,
): Promise<unknown> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    Payload: Buffer.from(JSON.stringify(operation)),
  });
  const { Payload, FunctionError } = await asking(() => lambda.send(command));
  if (FunctionError !== undefined)
    throw new CommandFault(
      `The operation failed, or it was done and its answer got lost. The log of ${functionName} says which.`,
    );
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

/** The one local system, or the one at the port. Of two none is chosen: a block or a pause must not reach the wrong one. */
function localAt({ port }: Extract<Place, { kind: "local" }>, folder?: string): Deployed {
  const all = runningSystems(folder);
  const meant = all.filter(({ url }) => port === undefined || new URL(url).port === port);
  const [system, ...others] = meant;
  const functionName = system?.functionNames.find((name) => name.endsWith("-operate"));
  if (all.length === 0)
    throw new CommandFault("The local system does not run. Start it: npm start.");
  if (system === undefined || functionName === undefined)
    throw new CommandFault(
      port === undefined
        ? `No local system with operations runs at ${addresses(all)}.`
        : `No local system runs at port ${port}. Running: ${addresses(all)}.`,
    );
  if (others.length > 0)
    throw new CommandFault(
      `Several local systems run: ${addresses(meant)}. Name one: --port ${new URL(system.url).port}.`,
    );
  const { lambda: endpoint, region, url, logFile } = system;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const reach = { lambda: new LambdaClient({ endpoint, region, credentials }), functionName };
  return {
    title: `the local system at ${url}`,
    reach,
    operate: operatorOf(reach),
    logs: localLogs(logFile),
  };
}

function addresses(systems: readonly Running[]): string {
  return systems.map(({ url }) => url).join(", ");
}
