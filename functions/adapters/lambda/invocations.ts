import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { NextSteps, OutcomeReporter } from "../../verification/ports.ts";

/** Reports outcomes through the function that holds the provider's key. */
export function lambdaOutcomeReporter(lambda: LambdaClient, functionName: string): OutcomeReporter {
  return { report: (outcome) => invoke(lambda, functionName, outcome) };
}

/** Takes the next step of a plan through the function that may send. */
export function lambdaNextSteps(lambda: LambdaClient, functionName: string): NextSteps {
  return { take: ({ id, code }) => invoke(lambda, functionName, { id, code }) };
}

/** Invokes a function asynchronously with an event. Lambda keeps the event and retries. */
async function invoke(lambda: LambdaClient, functionName: string, event: object): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
}
