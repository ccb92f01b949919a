import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { NextSteps } from "../../verification/ports.ts";

/** Has the next step taken by the function that may send, and does not wait for it. */
export function lambdaNextSteps(lambda: LambdaClient, functionName: string): NextSteps {
  return {
    async take({ id, code }) {
      await lambda.send(
        new InvokeCommand({
          FunctionName: functionName,
          InvocationType: "Event",
          Payload: Buffer.from(JSON.stringify({ id, code })),
        }),
      );
    },
  };
}
