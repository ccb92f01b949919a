import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProblemCode } from "../../functions/http/problem.ts";
import { readBody } from "../bodies.ts";
import type { Outcome } from "../functions/thread.ts";
import type { GatewayResponse } from "../template/gateway-responses.ts";
import type { Route } from "../template/routes.ts";
import type { StagePlan } from "../template/stage.ts";
import { answerOf } from "./answers.ts";
import { type Exchange, eventOf, sourceIp } from "./events.ts";
import { match } from "./matching.ts";
import { type BodyCheck, bodyCheckOf } from "./models.ts";
import { type Answer, type Refusal, refusalAnswer } from "./refusals.ts";
import { createContentReader, type Served } from "./served.ts";
import { SIGNER, signatureOf } from "./signatures.ts";
import type { Throttle } from "./throttle.ts";

/** The largest payload of the gateway. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST_BYTES = 10 * 1_024 * 1_024;

export type GatewayParts = {
  readonly routes: readonly Route[];
  readonly gatewayResponses: Readonly<Record<string, GatewayResponse>>;
  readonly stage: StagePlan;
  readonly throttle: Throttle;
  readonly invoke: (functionArn: string, event: unknown) => Promise<Outcome>;
};

/** Answers requests as API Gateway would, from the template's routes, models and gateway responses. */
export function createGateway(
  parts: GatewayParts,
  onServed: (served: Served) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const checks = new Map(parts.routes.map((route) => [route, bodyCheckOf(route)]));
  const contentOf = createContentReader();
  return async (request, response) => {
    const startedAt = performance.now();
    const body = await readBody(request, MOST_BYTES);
    const exchange = exchangeOf(request, body ?? Buffer.of());
    const result = body === undefined ? TOO_LARGE : await answer(parts, checks, exchange);
    const sent =
      "reason" in result
        ? refusalAnswer(parts.gatewayResponses, result, exchange.extendedRequestId)
        : result;
    send(response, sent, exchange);
    const { path } = exchange;
    const method = request.method ?? "";
    const matched = match(parts.routes, method, path);
    onServed({
      method,
      path,
      resource: matched?.route.path,
      status: sent.status,
      milliseconds: performance.now() - startedAt,
      address: sourceIp(request),
      ...contentOf(matched?.parameters["id"] ?? "", exchange.body, sent),
      refusedOrigin: isForeign(sent) ? request.headers.origin : undefined,
    });
  };
}

/** Whether the function refused the origin. */
function isForeign({ status, body }: Answer): boolean {
  return status === 403 && body.includes(`"code":"${"origin-not-allowed" satisfies ProblemCode}"`);
}

function exchangeOf(request: IncomingMessage, body: Buffer): Exchange {
  // Without a URL parser, which would refuse some targets and change others.
  const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(request.url ?? "") ?? [];
  const ownId = randomUUID();
  return {
    requestId: idSentBy(request) ?? ownId,
    extendedRequestId: ownId,
    request,
    path,
    query: new URLSearchParams(query),
    body,
    receivedAt: new Date(),
  };
}

/** The gateway takes over the id that a caller sends. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
function idSentBy({ headers }: IncomingMessage): string | undefined {
  const sent = headers["x-amzn-requestid"];
  return typeof sent === "string" && sent !== "" ? sent : undefined;
}

function send(response: ServerResponse, { status, headers, body }: Answer, own: Exchange): void {
  const length = status === 204 ? {} : { "content-length": Buffer.byteLength(body) };
  response.writeHead(status, {
    ...outgoing(headers),
    ...length,
    "x-amzn-requestid": own.requestId,
    "x-amz-apigw-id": own.extendedRequestId,
  });
  response.end(body);
}

const TOO_LARGE: Refusal = { reason: "REQUEST_TOO_LARGE" };
const TOO_LONG: Refusal = { reason: "INTEGRATION_TIMEOUT" };

async function answer(
  { routes, invoke, stage, throttle }: GatewayParts,
  checks: ReadonlyMap<Route, BodyCheck>,
  exchange: Exchange,
): Promise<Answer | Refusal> {
  const matched = match(routes, exchange.request.method ?? "", exchange.path);
  if (matched === undefined) return { reason: "MISSING_AUTHENTICATION_TOKEN" };
  const { route } = matched;
  const unwelcome = await refusedSigner(route, exchange);
  if (unwelcome !== undefined) return unwelcome;
  if (!throttle(route)) return { reason: "THROTTLED" };
  const { headers } = exchange.request;
  if (checks.get(route)?.(headers["content-type"], exchange.body.toString("utf8")) === false)
    return { reason: "BAD_REQUEST_BODY" };
  const tooLong = Promise.withResolvers<Refusal>();
  const timer = setTimeout(tooLong.resolve, route.timeoutMilliseconds, TOO_LONG);
  try {
    return await Promise.race([
      invoke(
        route.functionArn,
        eventOf({ ...exchange, ...(route.isSigned && { signer: SIGNER }) }, matched, stage),
      ).then(answerOf),
      tooLong.promise,
    ]);
  } catch {
    return { reason: "INTEGRATION_FAILURE" };
  } finally {
    clearTimeout(timer);
  }
}

async function refusedSigner(
  { isSigned }: Route,
  exchange: Exchange,
): Promise<Refusal | undefined> {
  const verdict = isSigned ? await signatureOf(exchange) : "signed";
  if (verdict === "signed") return undefined;
  // The same answer as for an unknown route, as by the gateway.
  return { reason: verdict === "wrong" ? "INVALID_SIGNATURE" : "MISSING_AUTHENTICATION_TOKEN" };
}

function outgoing(headers: Answer["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]),
  );
}
