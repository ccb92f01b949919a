import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { eventBus } from "./adapters/eventbridge/bus.ts";
import { eventsOf } from "./events/translate.ts";
import { deploymentOf, readEnv } from "./runtime/environment.ts";
import { logFault } from "./runtime/log.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample */
const SUBSCRIBED = v.object({ awslogs: v.object({ data: v.string() }) });
const BATCH = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ logEvents: v.array(v.object({ message: v.string() })) }),
);

const put = eventBus(readEnv("publish-events").EVENT_BUS_NAME);
const deployment = deploymentOf();

/** Invoked by CloudWatch Logs with lines of the other functions, never by a route. Lambda retries after a fault. */
export const handler = async (event: unknown): Promise<void> => {
  const { data } = v.parse(SUBSCRIBED, event).awslogs;
  const { logEvents } = v.parse(BATCH, gunzipSync(Buffer.from(data, "base64")).toString());
  await put(logEvents.flatMap(({ message }) => translated(message)));
};

/** A line that cannot be translated must not keep those beside it from the bus, again and again. */
function translated(line: string): ReturnType<typeof eventsOf> {
  try {
    return eventsOf(line, deployment);
  } catch (fault) {
    logFault("line-not-translated", fault);
    return [];
  }
}
