import type { GatewayResponse } from "../template/gateway-responses.ts";
import type { Exchange } from "./events.ts";

/** The reasons for which the gateway answers itself: its default status, words, and error type. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const REASONS = {
  MISSING_AUTHENTICATION_TOKEN: [
    403,
    "Missing Authentication Token",
    "MissingAuthenticationTokenException",
  ],
  INVALID_SIGNATURE: [
    403,
    "The request signature we calculated does not match the signature you provided.",
    "InvalidSignatureException",
  ],
  THROTTLED: [429, "Too Many Requests", "TooManyRequestsException"],
  BAD_REQUEST_BODY: [400, "Invalid request body", "BadRequestException"],
  REQUEST_TOO_LARGE: [413, "Request Entity Too Large", "RequestTooLargeException"],
  INTEGRATION_FAILURE: [504, "Internal server error", "InternalServerErrorException"],
  INTEGRATION_TIMEOUT: [504, "Endpoint request timed out", "InternalServerErrorException"],
  // Not in AWS's list: a function that failed, crashed, ran out of time or answered nonsense is a 502 by the default of its class.
  FUNCTION_FAILURE: [502, "Internal server error", "InternalServerErrorException"],
} as const;

/** Why the gateway refuses. */
export type Refusal = { readonly reason: keyof typeof REASONS; readonly fault?: string };

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
};

/** The gateway's own answer: by the row of its reason, else by the row of its class, else as AWS ships it. */
export function refusalAnswer(
  rows: Readonly<Record<string, GatewayResponse>>,
  { reason, fault }: Refusal,
  exchange: Pick<Exchange, "requestId" | "extendedRequestId" | "request" | "path">,
): Answer {
  const [defaultStatus, message, errorType] = REASONS[reason];
  const row = rows[reason] ?? rows[defaultStatus < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"] ?? PLAIN;
  const context = {
    requestId: exchange.requestId,
    extendedRequestId: exchange.extendedRequestId,
    httpMethod: exchange.request.method ?? "",
    path: exchange.path,
    "error.message": message,
    "error.messageString": JSON.stringify(message),
    "error.responseType": reason,
    "error.validationErrorString": fault ?? "",
    "identity.sourceIp": exchange.request.socket.remoteAddress ?? "",
  };
  const headers = Object.entries(row.headers).flatMap(([name, expression]) => {
    const value = headerValue(expression, context, exchange.request.headers);
    return value === undefined ? [] : [[name.toLowerCase(), value]];
  });
  const [mediaType, template] = templateOf(row);
  return {
    status: row.statusCode ?? defaultStatus,
    headers: {
      "content-type": mediaType,
      "x-amzn-errortype": errorType,
      ...Object.fromEntries(headers),
    },
    body: filled(template, context),
  };
}

const PLAIN: GatewayResponse = { statusCode: undefined, headers: {}, templates: {} };
const PLAIN_TEMPLATE = '{"message":$context.error.messageString}';

type Context = Readonly<Record<string, string>>;

function templateOf({
  templates,
}: GatewayResponse): readonly [mediaType: string, template: string] {
  const [first] = Object.entries(templates);
  const json = templates["application/json"];
  return json === undefined
    ? (first ?? ["application/json", PLAIN_TEMPLATE])
    : ["application/json", json];
}

/** `$context.name`; what the gateway does not know is empty. */
function filled(template: string, context: Context): string {
  return template.replace(
    /\$context\.([a-zA-Z.]*[a-zA-Z])/g,
    (_, name: string) => context[name] ?? "",
  );
}

/** A header of a gateway response is a literal in quotes, a part of the context, or a header of the request. */
function headerValue(
  expression: string,
  context: Context,
  requestHeaders: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | undefined {
  const literal = /^'(.*)'$/.exec(expression)?.[1];
  if (literal !== undefined) return literal;
  const name = /^context\.(.+)$/.exec(expression)?.[1];
  if (name !== undefined) return context[name];
  const header = /^method\.request\.header\.(.+)$/.exec(expression)?.[1];
  const value = header === undefined ? undefined : requestHeaders[header.toLowerCase()];
  return value === undefined ? undefined : String(value);
}
