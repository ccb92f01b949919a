import middy, { type MiddlewareObj, type MiddyfiedHandler } from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { log, logFault, logUnder } from "../runtime/log.ts";
import { type Answer, EXPOSED_HEADERS, PREFLIGHT, problemAnswer, response } from "./answer.ts";
import { isFromBackEnd, requireSignature, routeOf } from "./back-end.ts";
import { header } from "./headers.ts";
import { Problem } from "./problem.ts";

/** An endpoint translates: event to domain, outcome to answer. */
export type Endpoint = (event: APIGatewayProxyEvent) => Promise<Answer>;

export type ApiSettings = {
  /** The base of a problem's `type`, which ends with its code. */
  readonly docsUrl: string;
  /** Exact origins, locally also `loopback`; "any" for a public answer. */
  readonly allowedOrigins: readonly string[] | "any";
  /** How a problem is answered, where not as RFC 9457 has it. */
  readonly problemAnswer?: (problem: Problem) => Answer;
};

type Middleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;
type Entry = MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** The middleware of every route. The first one is outermost, so that every fault inside becomes a problem. */
export function api(endpoint: Endpoint, settings: ApiSettings): Entry {
  const startedAt = new WeakMap<APIGatewayProxyEvent, number>();
  const answered: Middleware = {
    before: ({ event }) => {
      startedAt.set(event, Date.now());
      logUnder(requestIdOf(event));
      requireSignature(event);
      refuseForeignOrigin(event, settings);
    },
    onError: (request) => {
      const requestId = requestIdOf(request.event);
      const problem =
        request.error instanceof Problem ? request.error : internalError(request.error, requestId);
      const answer =
        settings.problemAnswer?.(problem) ?? problemAnswer(problem, { ...settings, requestId });
      request.response = finish(request.event, answer);
    },
  };
  const finish = (event: APIGatewayProxyEvent, answer: Answer) => {
    if (answer.outcome !== PREFLIGHT)
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

/** The gateway's id. A caller can set the shorter one by a header. */
function requestIdOf({ requestContext }: APIGatewayProxyEvent): string {
  return requestContext.extendedRequestId ?? requestContext.requestId;
}

/** A fault is logged in full and not explained to the caller. */
function internalError(fault: unknown, requestId: string): Problem {
  logFault("request-failed", fault, requestId);
  return new Problem("internal-error");
}

/**
 * Refuses a page that is not on the list before anything is sent or counted, not only by hiding the answer: a browser would otherwise send its
 * visitors' requests. A request without an origin comes from no browser page, and the limits apply to it as to all. The routes of back ends admit
 * no page: one that could sign would hold the credentials of a back end.
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

/** Only on the list of the local system: no stage can have it, since it is no origin. Front ends run at changing ports there. */
export const LOOPBACK = "loopback";

const LOOPBACK_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
