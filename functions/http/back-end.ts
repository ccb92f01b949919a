import type { APIGatewayProxyEvent } from "aws-lambda";

type Asked = Pick<APIGatewayProxyEvent, "requestContext">;

/** Below it lie the routes that IAM guards: the gateway has checked who signed before any function is asked. */
const SERVER_ROUTES = "/v1/server/";

/** Whether a back end asks, and not a page or an app: the route says so. */
export function isFromBackEnd({ requestContext }: Asked): boolean {
  return requestContext.resourcePath.startsWith(SERVER_ROUTES);
}

/** Throws where a server route is asked and nobody signed: it was deployed without IAM then, and anybody could name any address as its client's. */
export function insistOnSignature(event: Asked): void {
  if (isFromBackEnd(event) && !event.requestContext.identity.userArn)
    throw new Error("a server route was asked by nobody");
}

/** What the route does, whoever asks: both its paths and both GET and HEAD have one name, so that logs, metrics and alarms count them together. */
export function routeOf({ requestContext }: Asked): string {
  const { httpMethod, resourcePath } = requestContext;
  return `${httpMethod === "HEAD" ? "GET" : httpMethod} ${resourcePath.replace(SERVER_ROUTES, "/v1/")}`;
}
