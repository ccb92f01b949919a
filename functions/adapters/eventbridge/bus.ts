import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { LatchkeyEvent } from "../../events/event.ts";
import { AWS_CLIENT } from "../aws/client.ts";

/** `source` of every event on the bus. */
export const EVENT_SOURCE = "latchkey";

/** The most entries of one request. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MOST_ENTRIES = 10;

/** Puts events on a bus. Throws where the bus did not take one: then all are put again, and a consumer recognizes a repeat by its id. */
export function eventBus(
  busName: string,
  client: EventBridgeClient = new EventBridgeClient(AWS_CLIENT),
): (events: readonly LatchkeyEvent[]) => Promise<void> {
  const put = async (events: readonly LatchkeyEvent[]): Promise<void> => {
    const Entries = events.map((event) => ({
      EventBusName: busName,
      Source: EVENT_SOURCE,
      DetailType: event.type,
      Time: new Date(event.at),
      Detail: JSON.stringify(event),
    }));
    const { FailedEntryCount = 0 } = await client.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount > 0) throw new Error(`${FailedEntryCount} events were not taken`);
  };
  return async (events) => {
    for (let from = 0; from < events.length; from += MOST_ENTRIES)
      await put(events.slice(from, from + MOST_ENTRIES));
  };
}
