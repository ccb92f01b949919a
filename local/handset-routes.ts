import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { readBody } from "./bodies.ts";
import type { Arrival, Handset } from "./handset.ts";
import type { Emulator } from "./twilio/emulator.ts";
import { KEYS, type LiveCall } from "./twilio/live-call.ts";
import { NETWORK_NAMES, NETWORKS } from "./twilio/phone-network.ts";

/** The phones, and the network between them and Twilio. */
export type Phones = {
  readonly handset: Handset;
  readonly emulator: Pick<Emulator, "network" | "setNetwork" | "incidents" | "onIncident">;
};

type Headers = Readonly<Record<string, string>>;
type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The simulated delays of the network; the last is longer than the wait between two codes. */
const SLOWNESS_SECONDS = [0, 5, 20, 60] as const;
const SLOWNESS = v.strictObject({ seconds: v.picklist(SLOWNESS_SECONDS) });

/** The largest seed of mulberry32. */
const HIGHEST_SEED = 2 ** 32 - 1;
const NETWORK = v.strictObject({
  name: v.picklist(NETWORK_NAMES),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(HIGHEST_SEED))),
});

const ACTION = v.variant("action", [
  v.strictObject({ action: v.picklist(["answer", "decline", "hang-up"]), sid: v.string() }),
  v.strictObject({ action: v.literal("press"), sid: v.string(), key: v.picklist(KEYS) }),
]);
const MOST_BYTES = 150;

/** The routes of the handset page. Each change is a PUT. */
export function handsetRoutes(
  { handset, emulator }: Phones,
  headers: Headers,
): Readonly<Record<string, Route>> {
  const give = giverOf(headers);
  const slowness = () => ({ seconds: handset.slowness() });
  const network = () => ({ ...emulator.network(), rates: NETWORKS[emulator.network().name] });
  return {
    "GET /handset/messages": async (_, response) => streamMessages(handset, response, headers),
    "GET /handset/events": async (_, response) =>
      streamEvents({ handset, emulator }, response, headers),
    "GET /handset/slowness": async (_, response) => give(response, slowness()),
    "PUT /handset/slowness": async (request, response) => {
      const wish = await bodyOf(request, SLOWNESS);
      if (wish !== undefined) handset.setSlowness(wish.seconds);
      give(response, wish === undefined ? undefined : slowness());
    },
    "GET /handset/network": async (_, response) => give(response, network()),
    "PUT /handset/network": async (request, response) => {
      const wish = await bodyOf(request, NETWORK);
      if (wish !== undefined) emulator.setNetwork(wish.name, wish.seed ?? emulator.network().seed);
      give(response, wish === undefined ? undefined : network());
    },
    "PUT /handset/call": async (request, response) => {
      const wish = await bodyOf(request, ACTION);
      const call = handset.calls().find((one) => one.view().sid === wish?.sid);
      if (wish !== undefined && call !== undefined) act(call, wish);
      give(response, call?.view());
    },
  };
}

function act(call: LiveCall, wish: v.InferOutput<typeof ACTION>): void {
  if (wish.action === "press") call.press(wish.key);
  else ({ answer: call.answer, decline: call.decline, "hang-up": call.hangUp })[wish.action]();
}

/** Server-sent events: each message so far, oldest first, then each new one. https://html.spec.whatwg.org/multipage/server-sent-events.html */
function streamMessages(handset: Handset, response: ServerResponse, headers: Headers): void {
  response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
  const send = (arrival: Arrival): void => {
    response.write(`data: ${JSON.stringify(arrival)}\n\n`);
  };
  for (const arrival of handset.messages()) send(arrival);
  // Confirms the connection before the first message.
  response.write(": connected\n\n");
  response.on("close", handset.subscribe(send));
}

/** All that the page shows, over one connection, since a browser has only six for a host: texts, calls whenever they change, and what went wrong on purpose. */
function streamEvents(
  { handset, emulator }: Phones,
  response: ServerResponse,
  headers: Headers,
): void {
  response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
  const send = (event: string) => (data: unknown) => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  for (const arrival of handset.messages()) send("message")(arrival);
  for (const call of handset.calls()) send("call")(call.view());
  for (const incident of emulator.incidents().slice(-MOST_INCIDENTS)) send("incident")(incident);
  response.write(": connected\n\n");
  response.on("close", handset.subscribe(send("message")));
  response.on("close", handset.subscribeToCalls(send("call")));
  response.on("close", emulator.onIncident(send("incident")));
}

/** The shown number of incidents. */
const MOST_INCIDENTS = 100;

/** PUT is no simple method, so a page of another origin has to ask first, and no answer allows it. Fetch standard, CORS protocol. */
async function bodyOf<Schema extends v.GenericSchema>(
  request: IncomingMessage,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const text = (await readBody(request, MOST_BYTES))?.toString("utf8");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return parsed.success ? parsed.output : undefined;
}

function giverOf(headers: Headers) {
  return (response: ServerResponse, body: unknown): void => {
    if (body === undefined) response.writeHead(400, headers).end();
    else
      response
        .writeHead(200, { ...headers, "content-type": "application/json" })
        .end(JSON.stringify(body));
  };
}
