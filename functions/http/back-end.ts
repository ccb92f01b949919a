import type { APIGatewayProxyEvent } from "aws-lambda";

type Asked = Pick<APIGatewayProxyEvent, "requestContext">;

/** The prefix of the routes behind IAM: the gateway has checked the signature before it calls a function. */
const SERVER_ROUTES = "/v1/server/";

/** Whether the request came by a route of back ends. */
export function isFromBackEnd({ requestContext }: Asked): boolean {
  return requestContext.resourcePath.startsWith(SERVER_ROUTES);
}

/**
 * Throws for an unsigned request of a server route: then the route was deployed without IAM, and any caller could name any address as its
 * client's.
 */
export function insistOnSignature(event: Asked): void {
  if (isFromBackEnd(event) && !event.requestContext.identity.userArn)
    throw new Error("a server route was asked by nobody");
}

/** The name of the route: its signed and its public path, GET and HEAD share one name, so that logs, metrics and alarms count them together. */
export function routeOf({ requestContext }: Asked): string {
  const { httpMethod, resourcePath } = requestContext;
  return `${httpMethod === "HEAD" ? "GET" : httpMethod} ${resourcePath.replace(SERVER_ROUTES, "/v1/")}`;
}
