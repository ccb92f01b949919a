import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Settler } from "../../verification/ports.ts";

/** Hands a message to the settling function, which holds the provider's key, and does not wait for it. Lambda keeps the event and retries. */
export function lambdaSettler(lambda: LambdaClient, functionName: string): Settler {
  return {
    async settle(settlement) {
      await lambda.send(
        new InvokeCommand({
          FunctionName: functionName,
          InvocationType: "Event",
          Payload: Buffer.from(JSON.stringify(settlement)),
        }),
      );
    },
  };
}
