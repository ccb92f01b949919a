import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { type Copy, forward, passOn } from "../../support/forward.ts";

/** What can become of one exchange with a service. Each is over at once. */
export const WIRE_FAULTS = [
  /** The service says no, and has done nothing. */
  "internal-error",
  "throughput-exceeded",
  "throttled",
  /** The connection breaks before the request arrives, or once it is done, in the middle of the answer too. */
  "reset-before",
  "reset-after",
  "cut",
  /** It is done, and something between answers in its place. */
  "malformed",
] as const;
/** These take as long as a client waits. */
export const SLOW_WIRE_FAULTS = [
  /** It never arrives, and nobody says so. */
  "silent",
  /** It is done, and the answer stops half way. */
  "stalled",
  /** It is done when nobody waits any more. */
  "late",
] as const;
export type WireFault = (typeof WIRE_FAULTS)[number] | (typeof SLOW_WIRE_FAULTS)[number];

export type BadNetwork = Awaited<ReturnType<typeof startBadNetwork>>;

/** A network before a service that breaks exchanges on purpose. */
export async function startBadNetwork(target: string) {
  const tried: string[] = [];
  let arranged = (_index: number, _operation: string): WireFault | undefined => undefined;
  const server = serverOf(async (request, response) => {
    const body = await buffer(request);
    const operation = String(request.headers["x-amz-target"] ?? request.url).replace(/^.*\./, "");
    tried.push(operation);
    const fault = arranged(tried.length - 1, operation);
    const pass = () => forward(target, request, body);
    await (fault === undefined ? passOn(response, await pass()) : SUFFERED[fault](response, pass));
  });
  return {
    url: localUrl(await listen(server)),
    /** Each exchange that was tried, by its operation. */
    tried,
    /** What becomes of an exchange, by its place in `tried`, from 0. */
    arrange: (faultOf: typeof arranged) => {
      tried.length = 0;
      arranged = faultOf;
    },
    stop: () => close(server),
  };
}

type Suffered = (response: ServerResponse, pass: () => Promise<Copy>) => unknown;

const refused =
  (status: number, type: string): Suffered =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify({ __type: `com.amazonaws#${type}`, message: type }));

/** How each fault answers an exchange that `pass` would do. */
const SUFFERED: Readonly<Record<WireFault, Suffered>> = {
  "internal-error": refused(500, "InternalServerError"),
  "throughput-exceeded": refused(400, "ProvisionedThroughputExceededException"),
  throttled: refused(400, "ThrottlingException"),
  "reset-before": (response) => response.destroy(),
  "reset-after": async (response, pass) => {
    await pass();
    response.destroy();
  },
  cut: async (response, pass) => writeHalf(response, await pass(), () => response.destroy()),
  malformed: async (response, pass) => {
    await pass();
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
  },
  silent: () => undefined,
  stalled: async (response, pass) => writeHalf(response, await pass()),
  late: async (response, pass) => {
    const done = await pass();
    await once(response, "close");
    passOn(response, done);
  },
};

function writeHalf(
  response: ServerResponse,
  { status, headers, body }: Copy,
  then?: () => void,
): void {
  response.writeHead(status, headers).write(body.subarray(0, body.length / 2), then);
}
