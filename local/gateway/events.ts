import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { PLACE } from "../template/names.ts";
import type { StagePlan } from "../template/stage.ts";
import type { Match } from "./matching.ts";

/** A request with the gateway's own data about it. */
export type Exchange = {
  /** The id that the caller sends, else one of the gateway. */
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly request: IncomingMessage;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly receivedAt: Date;
  /** The signer, where the route asks for a signature. */
  readonly signer?: Signer;
};

type Signer = { readonly accessKeyId: string; readonly userArn: string };

type Multi = Record<string, string[]>;
type Single = Record<string, string>;

/** The event of a REST API with proxy integration. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export function eventOf(
  exchange: Exchange,
  { route, parameters }: Match,
  { name }: Pick<StagePlan, "name">,
): APIGatewayProxyEvent {
  const { request, path, query, body } = exchange;
  const text = body.toString("utf8");
  const multiValueHeaders = headersOf(request);
  const multiValueQuery = queryOf(query);
  return {
    resource: route.path,
    path,
    httpMethod: request.method ?? "",
    headers: lastOf(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: orNull(lastOf(multiValueQuery)),
    multiValueQueryStringParameters: orNull(multiValueQuery),
    pathParameters: orNull({ ...parameters }),
    stageVariables: null,
    requestContext: contextOf(exchange, route.path, name),
    body: text === "" ? null : text,
    isBase64Encoded: false,
  };
}

function contextOf(
  { requestId, extendedRequestId, request, path, receivedAt, signer }: Exchange,
  resourcePath: string,
  stage: string,
): APIGatewayProxyEvent["requestContext"] {
  return {
    accountId: PLACE.account,
    apiId: "local",
    authorizer: null,
    domainName: request.headers.host ?? "",
    domainPrefix: "local",
    extendedRequestId,
    httpMethod: request.method ?? "",
    identity: {
      ...UNSIGNED,
      ...(signer && { accessKey: signer.accessKeyId, userArn: signer.userArn }),
      sourceIp: sourceIp(request),
      userAgent: request.headers["user-agent"] ?? null,
    },
    path,
    protocol: `HTTP/${request.httpVersion}`,
    requestId,
    requestTime: receivedAt.toUTCString(),
    requestTimeEpoch: receivedAt.getTime(),
    resourceId: resourcePath,
    resourcePath,
    stage,
  };
}

/** By this header `npm start -- --attack` names the address of a simulated client. Only this process knows its name. */
export const SIMULATED_SOURCE = `x-simulated-source-${randomUUID()}`;

/** The peer of the connection. A caller's own `X-Forwarded-For` changes nothing. */
export function sourceIp({ headers, socket }: IncomingMessage): string {
  const simulated = headers[SIMULATED_SOURCE];
  return typeof simulated === "string" ? simulated : (socket.remoteAddress ?? "");
}

/** Names as they were sent. The gateway appends the peer to `X-Forwarded-For`. */
function headersOf(request: IncomingMessage): Multi {
  // A map, because a header may have a name such as __proto__.
  const headers = new Map<string, string[]>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? "";
    headers.set(name, [...(headers.get(name) ?? []), request.rawHeaders[index + 1] ?? ""]);
  }
  const claimed = [...headers.keys()].find((name) => name.toLowerCase() === "x-forwarded-for");
  const before = claimed === undefined ? [] : (headers.get(claimed) ?? []);
  if (claimed !== undefined) headers.delete(claimed);
  return {
    ...Object.fromEntries(headers),
    "X-Forwarded-For": [[...before, sourceIp(request)].join(", ")],
  };
}

function queryOf(query: URLSearchParams): Multi {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(names.map((name) => [name, query.getAll(name)]));
}

function lastOf(multi: Multi): Single {
  return Object.fromEntries(
    Object.entries(multi).map(([name, values]) => [name, values.at(-1) ?? ""]),
  );
}

function orNull<Value>(values: Record<string, Value>): Record<string, Value> | null {
  return Object.keys(values).length === 0 ? null : values;
}

/** The identity of a request without a signature. */
export const UNSIGNED = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
} as const;
