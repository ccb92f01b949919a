import { EventBus } from "aws-cdk-lib/aws-events";
import { FilterPattern, SubscriptionFilter } from "aws-cdk-lib/aws-logs";
import { LambdaDestination } from "aws-cdk-lib/aws-logs-destinations";
import type { Construct } from "constructs";
import { TRANSLATED } from "../functions/events/translate.ts";
import type { FunctionName } from "../functions/runtime/environment.ts";
import type { ApiFunction } from "./api-function.ts";
import type { Deployment } from "./deployment.ts";

/** The functions that write lines of verifications. */
export const EVENT_SOURCES: readonly FunctionName[] = [
  "start-verification",
  "resend-code",
  "take-next-step",
  "check-code",
  "cancel-verification",
  "receive-delivery",
  "serve-keyed",
  "serve-twilio-verify",
];

/** The bus of a stage with events. Rules on it may belong to any stack. */
export function eventBusOf(
  scope: Construct,
  id: string,
  { name, stage }: Deployment,
): EventBus | undefined {
  return stage.events === true ? new EventBus(scope, id, { eventBusName: name }) : undefined;
}

/** CloudWatch Logs invokes the function with the lines that are events, asynchronously and in batches: no request waits for it. */
export function subscribe(
  publisher: ApiFunction<"publish-events">,
  sources: Readonly<Record<FunctionName, Pick<ApiFunction<FunctionName>, "logGroup">>>,
): void {
  const destination = new LambdaDestination(publisher);
  const filterPattern = FilterPattern.any(
    ...TRANSLATED.map((event) => FilterPattern.stringValue("$.event", "=", event)),
  );
  for (const name of EVENT_SOURCES) {
    const { logGroup } = sources[name];
    new SubscriptionFilter(publisher, name, { logGroup, destination, filterPattern });
  }
}
