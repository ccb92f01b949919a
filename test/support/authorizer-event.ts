import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";

/** A request of an HTTP API as its Lambda authorizer is asked about it (payload 2.0). */
export function authorizerEvent(authorization: string): APIGatewayRequestAuthorizerEventV2 {
  return {
    version: "2.0",
    type: "REQUEST",
    routeArn: "arn:aws:execute-api:eu-west-2:000000000000:abcdef/$default/GET/me",
    identitySource: [],
    routeKey: "GET /me",
    rawPath: "/me",
    rawQueryString: "",
    cookies: [],
    headers: { authorization },
    requestContext: {
      accountId: "000000000000",
      apiId: "abcdef",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: {
        method: "GET",
        path: "/me",
        protocol: "HTTP/1.1",
        sourceIp: "192.0.2.1",
        userAgent: "",
      },
      requestId: "1",
      routeKey: "GET /me",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 1_767_225_600_000,
    },
  };
}
