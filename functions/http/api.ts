import middy, { type MiddlewareObj, type MiddyfiedHandler } from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { log, logFault } from "../runtime/log.ts";
import { type Answer, EXPOSED_HEADERS, problemAnswer, response } from "./answer.ts";
import { insistOnSignature, isFromBackEnd, routeOf } from "./back-end.ts";
import { header } from "./headers.ts";
import { Problem } from "./problem.ts";

/** An endpoint translates: event to domain, outcome to answer. */
export type Endpoint = (event: APIGatewayProxyEvent) => Promise<Answer>;

export type ApiSettings = {
  /** `type` of a problem is this and its code. */
  readonly docsUrl: string;
  /** Exact origins, locally also `loopback`; "any" where the answer is public. */
  readonly allowedOrigins: readonly string[] | "any";
};

type Middleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;
type Entry = MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** The one stack that every route runs in. Registered first is outermost, so whatever goes wrong inside becomes a problem. */
export function api(endpoint: Endpoint, settings: ApiSettings): Entry {
  const startedAt = new WeakMap<APIGatewayProxyEvent, number>();
  const answered: Middleware = {
    before: ({ event }) => {
      startedAt.set(event, Date.now());
      insistOnSignature(event);
      refuseForeignOrigin(event, settings);
    },
    onError: (request) => {
      const requestId = requestIdOf(request.event);
      const problem =
        request.error instanceof Problem ? request.error : internalError(request.error, requestId);
      const answer = problemAnswer(problem, { ...settings, requestId });
      request.response = finish(request.event, answer);
    },
  };
  const finish = (event: APIGatewayProxyEvent, answer: Answer) => {
    log({
      event: "answered",
      requestId: requestIdOf(event),
      route: routeOf(event),
      ...(isFromBackEnd(event) ? { caller: "back-end" } : {}),
      status: answer.status,
      milliseconds: Date.now() - (startedAt.get(event) ?? Date.now()),
      [answer.status < 400 ? "result" : "problem"]: answer.outcome,
    });
    return response(answer, corsHeaders(event, settings));
  };
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(answered)
    .handler(async (event) => finish(event, await endpoint(event)));
}

/** The id that the gateway gave. A caller can choose the shorter one by a header, and with it what our log says. */
function requestIdOf({ requestContext }: APIGatewayProxyEvent): string {
  return requestContext.extendedRequestId ?? requestContext.requestId;
}

/** A fault is logged whole and told not at all. */
function internalError(fault: unknown, requestId: string): Problem {
  logFault("request-failed", fault, requestId);
  return new Problem("internal-error");
}

/**
 * A page that is not on the list is refused before anything is sent or counted, not only kept from reading the answer: a browser would send
 * its visitors' requests all the same. Whoever sends no origin is no browser page, and the limits hold for them as for all. The routes of back
 * ends are for no page at all: one that could sign would hold the credentials of a back end.
 */
function refuseForeignOrigin(event: APIGatewayProxyEvent, settings: ApiSettings): void {
  const origin = header(event, "origin");
  if (origin !== undefined && !isAllowed(origin, event, settings))
    throw new Problem("origin-not-allowed");
}

/** Exact match, one origin, no credentials: OWASP ASVS 5.0 §3.4.2. */
function corsHeaders(
  event: APIGatewayProxyEvent,
  settings: ApiSettings,
): Readonly<Record<string, string>> {
  const origin = header(event, "origin");
  if (origin === undefined || !isAllowed(origin, event, settings)) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
  };
}

function isAllowed(
  origin: string,
  event: APIGatewayProxyEvent,
  { allowedOrigins }: ApiSettings,
): boolean {
  if (isFromBackEnd(event)) return false;
  return (
    allowedOrigins === "any" ||
    allowedOrigins.includes(origin) ||
    (allowedOrigins.includes(LOOPBACK) && LOOPBACK_ORIGIN.test(origin))
  );
}

/** On the list of the local system alone: no stage can have it, since it is no origin. Front ends run at one port today and at another tomorrow. */
export const LOOPBACK = "loopback";

const LOOPBACK_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
