import {
  type FunctionConfiguration,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import type { StageName } from "../infra/stages.ts";
import { asking } from "./aws-faults.ts";
import { CommandFault } from "./terminal.ts";

/**
 * A function of a stage, by its place in the stack: CloudFormation names it after its stack, that place and something random. Functions go
 * with their stack, so there is no other of that name. Throws a `CommandFault` where there is none.
 */
export async function stageFunction(
  lambda: LambdaClient,
  stageName: StageName,
  construct: "Operate" | "ReceiveDelivery" | "StartVerification",
): Promise<FunctionConfiguration> {
  const pattern = new RegExp(`^latchkey-${stageName}-${construct}[0-9A-F]{8}-\\w+$`);
  const found = await asking(async () => {
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      const one = Functions.find(({ FunctionName = "" }) => pattern.test(FunctionName));
      if (one !== undefined) return one;
    }
    return undefined;
  });
  if (found === undefined)
    throw new CommandFault(
      `There is no ${stageName} in this account and region. Deploy it (npm run deploy -- ${stageName}), or choose another AWS_PROFILE or AWS_REGION.`,
    );
  return found;
}
