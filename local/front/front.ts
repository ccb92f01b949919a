import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { readBody } from "../bodies.ts";
import type { Outcome } from "../functions/thread.ts";
import type { GatewayResponse } from "../template/gateway-responses.ts";
import type { Route } from "../template/routes.ts";
import { answerOf } from "./answers.ts";
import { type Exchange, eventOf } from "./events.ts";
import { match } from "./matching.ts";
import { type BodyCheck, bodyCheckOf } from "./models.ts";
import { type Answer, type Refusal, refusalAnswer } from "./refusals.ts";

/** The largest payload of the gateway. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST_BYTES = 10 * 1_024 * 1_024;

export type FrontParts = {
  readonly routes: readonly Route[];
  readonly gatewayResponses: Readonly<Record<string, GatewayResponse>>;
  readonly invoke: (functionArn: string, event: unknown) => Promise<Outcome>;
};

/** One request that was answered. Holds nothing of its body, query or answer. */
export type Served = {
  readonly method: string;
  readonly path: string;
  /** The path as the gateway writes it, such as `/v1/verifications/{id}`; `undefined` where it has none. */
  readonly resource: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
};

/** Answers requests as API Gateway would, from the template's routes, models and gateway responses. */
export function createFront(
  parts: FrontParts,
  onServed: (served: Served) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const checks = new Map(parts.routes.map((route) => [route, bodyCheckOf(route)]));
  return async (request, response) => {
    const startedAt = performance.now();
    const [path = "", query = ""] = splitTarget(request.url ?? "");
    const requestId = randomUUID();
    const body = await readBody(request, MOST_BYTES);
    const exchange = {
      requestId,
      request,
      path,
      query: new URLSearchParams(query),
      body: body?.toString("utf8") ?? "",
      receivedAt: new Date(),
    };
    const result = body === undefined ? TOO_LARGE : await answer(parts, checks, exchange);
    const {
      status,
      headers,
      body: text,
    } = "reason" in result ? refusalAnswer(parts.gatewayResponses, result, exchange) : result;
    const length = status === 204 ? {} : { "content-length": Buffer.byteLength(text) };
    response.writeHead(status, { ...outgoing(headers), ...length, "x-amzn-requestid": requestId });
    response.end(text);
    onServed({
      method: request.method ?? "",
      path,
      resource: match(parts.routes, request.method ?? "", path)?.route.path,
      status,
      milliseconds: performance.now() - startedAt,
    });
  };
}

/** By hand, since a URL parser would refuse some targets and fold others. */
function splitTarget(target: string): readonly string[] {
  const end = target.indexOf("?");
  return end < 0 ? [target] : [target.slice(0, end), target.slice(end + 1)];
}

const TOO_LARGE: Refusal = { reason: "REQUEST_TOO_LARGE" };

async function answer(
  { routes, invoke }: FrontParts,
  checks: ReadonlyMap<Route, BodyCheck>,
  exchange: Exchange,
): Promise<Answer | Refusal> {
  const matched = match(routes, exchange.request.method ?? "", exchange.path);
  if (matched === undefined) return { reason: "MISSING_AUTHENTICATION_TOKEN" };
  const { route } = matched;
  const fault = checks.get(route)?.(exchange.request.headers["content-type"], exchange.body);
  if (fault !== undefined) return { reason: "BAD_REQUEST_BODY", fault };
  const waiting = new AbortController();
  try {
    return await Promise.race([
      invoke(route.functionArn, eventOf(exchange, matched)).then(answerOf),
      tooLong(route.timeoutMilliseconds, waiting.signal),
    ]);
  } catch {
    return { reason: "INTEGRATION_FAILURE" };
  } finally {
    waiting.abort();
  }
}

async function tooLong(milliseconds: number, signal: AbortSignal): Promise<Refusal> {
  await delay(milliseconds, undefined, { signal });
  return { reason: "INTEGRATION_TIMEOUT" };
}

function outgoing(headers: Answer["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]),
  );
}
