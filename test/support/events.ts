import type { APIGatewayProxyEvent } from "aws-lambda";
import { UNSIGNED } from "../../local/gateway/events.ts";

type Parts = {
  readonly body?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly sourceIp?: string;
  /** As the gateway writes it; with `userArn`, of a route that asks who signed. */
  readonly resourcePath?: string;
  readonly userArn?: string | null;
  readonly isBase64Encoded?: boolean;
};

/** A REST API event with what matters; the rest is as the gateway sends it for an empty request. */
export function anEvent({
  body = null,
  headers = {},
  id,
  sourceIp = "192.0.2.1",
  resourcePath = "/v1/verifications",
  userArn = null,
  isBase64Encoded = false,
}: Parts = {}): APIGatewayProxyEvent {
  return {
    body,
    headers: { "Content-Type": "application/json", ...headers },
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    httpMethod: "POST",
    isBase64Encoded,
    path: "/v1/verifications",
    pathParameters: id === undefined ? null : { id },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    resource: "/v1/verifications",
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      authorizer: null,
      httpMethod: "POST",
      identity: { ...UNSIGNED, sourceIp, userAgent: null, userArn },
      path: "/v1/verifications",
      protocol: "HTTP/1.1",
      requestId: "request-1",
      requestTimeEpoch: 0,
      resourceId: "resource",
      resourcePath,
      stage: "api",
    },
  };
}

/** As much of a Lambda context as the functions look at. */
export const aContext = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: "start-verification",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-2:123456789012:function:start-verification",
  memoryLimitInMB: "512",
  awsRequestId: "request-1",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};
