import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { OutputName } from "../infra/outputs.ts";
import { asking } from "./aws-faults.ts";
import { CommandFault } from "./terminal.ts";

/** The place of a deployment: its stack, and the prefix of its outputs (`outputPrefix` of the construct). */
export type StackPlace = { readonly stackName: string; readonly outputPrefix?: string };

/** The value of an output of a deployed stack. Throws a `CommandFault` if the stack has no such output. */
export type Output = (name: OutputName) => string;

/** Reads the outputs of a stack. The commands find a deployment by these alone. Throws a `CommandFault` if there is no such stack. */
export async function outputsOf(
  client: CloudFormationClient,
  { stackName, outputPrefix = "Latchkey" }: StackPlace,
): Promise<Output> {
  const asked = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks: [stack] = [] } = await asking(() => client.send(asked)).catch(
    (fault: unknown) => {
      if (fault instanceof Error && /does not exist/.test(fault.message)) throw noStack(stackName);
      throw fault;
    },
  );
  const outputs = new Map(stack?.Outputs?.map((one) => [one.OutputKey, one.OutputValue]));
  return (name) => {
    const value = outputs.get(`${outputPrefix}${name}`);
    if (value !== undefined) return value;
    throw new CommandFault(
      `The stack ${stackName} has no output ${outputPrefix}${name}. Deploy it again with this version, or name another with --stack.`,
    );
  };
}

/** The status of a stack; `undefined` if there is none, or if it may not be read. */
export async function statusOf(
  client: CloudFormationClient,
  stackName: string,
): Promise<string | undefined> {
  const asked = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks: [stack] = [] } = await asking(() =>
    client.send(asked).catch((fault: unknown) => {
      if (fault instanceof Error && /^(ValidationError|AccessDenied)/.test(fault.name))
        return { Stacks: [] };
      throw fault;
    }),
  );
  return stack?.StackStatus;
}

function noStack(stackName: string): CommandFault {
  return new CommandFault(
    `There is no stack ${stackName} in this account and region. Deploy it, name another with --stack, or choose another AWS_PROFILE or AWS_REGION.`,
  );
}
