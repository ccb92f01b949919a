import type { APIGatewayProxyEvent } from "aws-lambda";

type Routed = Pick<APIGatewayProxyEvent, "requestContext">;

/** The prefix of the routes behind IAM: the gateway has checked the signature before it calls a function. */
const SERVER_ROUTES = "/v1/server/";

/** The routes of back ends: signed, with an API key, and those of Twilio Verify. */
const BACK_END_ROUTES = /^\/(?:v1\/(?:server|keyed)|v2)\//;

export function isFromBackEnd({ requestContext }: Routed): boolean {
  return BACK_END_ROUTES.test(requestContext.resourcePath);
}

/**
 * Throws for an unsigned request of a server route: then the route was deployed without IAM, and any caller could name any address as its
 * client's.
 */
export function requireSignature(event: Routed): void {
  const { resourcePath, identity } = event.requestContext;
  if (resourcePath.startsWith(SERVER_ROUTES) && !identity.userArn)
    throw new Error("a server route received an unsigned request");
}

/** The name of the route: its signed and its public path, GET and HEAD share one name, so that logs, metrics and alarms count them together. */
export function routeOf({ requestContext }: Routed): string {
  const { httpMethod, resourcePath } = requestContext;
  return `${httpMethod === "HEAD" ? "GET" : httpMethod} ${resourcePath.replace(/^\/v1\/(?:server|keyed)\//, "/v1/")}`;
}
