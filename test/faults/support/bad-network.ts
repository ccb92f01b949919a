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

export type BadNetwork = {
  readonly url: string;
  /** Each exchange that was tried, by its operation. */
  readonly tried: string[];
  /** What becomes of an exchange, by its place in `tried`, from 0. */
  arrange: (faultOf: (index: number, operation: string) => WireFault | undefined) => void;
  readonly stop: () => Promise<void>;
};

/** A network before a service that breaks exchanges on purpose. */
export async function startBadNetwork(target: string): Promise<BadNetwork> {
  const tried: string[] = [];
  let arranged: Parameters<BadNetwork["arrange"]>[0] = () => undefined;
  const server = serverOf(async (request, response) => {
    const body = await buffer(request);
    const operation = String(request.headers["x-amz-target"] ?? request.url).replace(/^.*\./, "");
    tried.push(operation);
    await suffer(
      arranged(tried.length - 1, operation),
      () => forward(target, request, body),
      response,
    );
  });
  return {
    url: localUrl(await listen(server)),
    tried,
    arrange: (faultOf) => {
      tried.length = 0;
      arranged = faultOf;
    },
    stop: () => close(server),
  };
}

async function suffer(
  fault: WireFault | undefined,
  pass: () => Promise<Copy>,
  response: ServerResponse,
): Promise<void> {
  switch (fault) {
    case undefined:
      return passOn(response, await pass());
    case "internal-error":
      return refuse(response, 500, "InternalServerError");
    case "throughput-exceeded":
      return refuse(response, 400, "ProvisionedThroughputExceededException");
    case "throttled":
      return refuse(response, 400, "ThrottlingException");
    case "reset-before":
      response.destroy();
      return;
    case "silent":
      return;
    case "reset-after":
    case "cut":
    case "malformed":
    case "stalled":
    case "late":
      return spoil(fault, await pass(), response);
  }
}

/** What was done is answered badly. */
async function spoil(
  fault: "reset-after" | "cut" | "malformed" | "stalled" | "late",
  done: Copy,
  response: ServerResponse,
): Promise<void> {
  const half = done.body.subarray(0, done.body.length / 2);
  switch (fault) {
    case "reset-after":
      response.destroy();
      return;
    case "cut":
      response.writeHead(done.status, done.headers);
      response.write(half, () => response.destroy());
      return;
    case "stalled":
      response.writeHead(done.status, done.headers);
      response.write(half);
      return;
    case "malformed":
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
      return;
    case "late":
      await once(response, "close");
      return passOn(response, done);
  }
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response
    .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
    .end(JSON.stringify({ __type: `com.amazonaws#${type}`, message: type }));
}
