import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../bodies.ts";
import { close, listen, localUrl, serverOf } from "../listening.ts";
import { AwsFault, type Operations } from "./kms.ts";
import { answerInvoke, type InvokeFunction } from "./lambda-invoke.ts";

/** Asynchronous events of Lambda have at most 1 MiB, synchronous ones 6. */
const MOST_BYTES = 6 * 1_024 * 1_024;

/** One server for the parts of AWS that functions call, except the database. It looks up the operations at each request, because a deployment replaces them. */
export async function startAws(
  operations: () => Operations,
  invoke: InvokeFunction,
): Promise<{ readonly endpoint: string; readonly stop: () => Promise<void> }> {
  const stopping = new AbortController();
  const server = serverOf(async (request, response) => {
    const body = ((await readBody(request, MOST_BYTES)) ?? "").toString();
    const target = request.headers["x-amz-target"];
    if (typeof target === "string") answerOperation(operations(), target, body, response);
    else await answerRest(invoke, request, body, response, stopping.signal);
  });
  const port = await listen(server);
  return {
    endpoint: localUrl(port),
    stop: () => {
      stopping.abort();
      return close(server);
    },
  };
}

function answerOperation(
  operations: Operations,
  target: string,
  body: string,
  response: ServerResponse,
): void {
  response.setHeader("Content-Type", "application/x-amz-json-1.1");
  try {
    const operation = Object.hasOwn(operations, target) ? operations[target] : undefined;
    if (operation === undefined)
      throw new AwsFault("UnknownOperationException", `${target} has no emulator`);
    response.end(JSON.stringify(operation(JSON.parse(body))));
  } catch (fault) {
    const { type, message } =
      fault instanceof AwsFault ? fault : new AwsFault("ValidationException", String(fault));
    response.writeHead(400).end(JSON.stringify({ __type: type, message }));
  }
}

async function answerRest(
  invoke: InvokeFunction,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  stopped: AbortSignal,
): Promise<void> {
  const answer = await answerInvoke(invoke, request.url ?? "", {
    invocationType: String(request.headers["x-amz-invocation-type"] ?? "RequestResponse"),
    payload: body,
    stopped,
  });
  if (answer === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
  response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
}
