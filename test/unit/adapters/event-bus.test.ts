import { text } from "node:stream/consumers";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { eventBus } from "../../../functions/adapters/eventbridge/bus.ts";
import type { LatchkeyEvent } from "../../../functions/events/event.ts";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";

const EVENT: LatchkeyEvent = {
  type: "spend.threshold",
  id: "i".repeat(43),
  at: "2026-11-28T12:00:00.000Z",
  deployment: "acme",
  percent: 50,
};

const requests: (readonly unknown[])[] = [];
let notTaken = 0;
const server = serverOf(async (request, response) => {
  requests.push(JSON.parse(await text(request)).Entries);
  response.end(JSON.stringify({ FailedEntryCount: notTaken, Entries: [] }));
});
let put: ReturnType<typeof eventBus>;
beforeAll(async () => {
  const endpoint = localUrl(await listen(server));
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  put = eventBus("events", new EventBridgeClient({ endpoint, region: "eu-west-2", credentials }));
});
afterAll(() => close(server));
beforeEach(() => {
  requests.length = 0;
  notTaken = 0;
});

it("events are put by tens, each with its type, its time and its text", async () => {
  await put(Array(11).fill(EVENT));
  expect(requests.map((entries) => entries.length)).toEqual([10, 1]);
  expect(requests[1]).toEqual([
    {
      EventBusName: "events",
      Source: "latchkey",
      DetailType: "spend.threshold",
      Time: Date.parse(EVENT.at) / 1_000,
      Detail: JSON.stringify(EVENT),
    },
  ]);
});

it("an event that the bus does not take is a fault, so that all come again", async () => {
  notTaken = 1;
  await expect(put([EVENT])).rejects.toThrow("1 events were not taken");
});
