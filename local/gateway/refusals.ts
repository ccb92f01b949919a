import type { GatewayResponse } from "../template/gateway-responses.ts";

/** The reasons for which the gateway answers itself: its default status and error type. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const REASONS = {
  MISSING_AUTHENTICATION_TOKEN: [403, "MissingAuthenticationTokenException"],
  INVALID_SIGNATURE: [403, "InvalidSignatureException"],
  THROTTLED: [429, "TooManyRequestsException"],
  BAD_REQUEST_BODY: [400, "BadRequestException"],
  REQUEST_TOO_LARGE: [413, "RequestTooLargeException"],
  INTEGRATION_FAILURE: [504, "InternalServerErrorException"],
  INTEGRATION_TIMEOUT: [504, "InternalServerErrorException"],
  // Not in AWS's list: a function that failed, crashed, ran out of time or answered nonsense is a 502 by the default of its class.
  FUNCTION_FAILURE: [502, "InternalServerErrorException"],
} as const;

/** Why the gateway refuses. */
export type Refusal = { readonly reason: keyof typeof REASONS };

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
};

/** The gateway's own answer: by the row of its reason, else by the row of its class. */
export function refusalAnswer(
  rows: Readonly<Record<string, GatewayResponse>>,
  { reason }: Refusal,
  extendedRequestId: string,
): Answer {
  const [defaultStatus, errorType] = REASONS[reason];
  const row = rows[reason] ?? rows[defaultStatus < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"];
  if (row === undefined) throw new Error(`the template has no gateway response for ${reason}`);
  return {
    status: row.statusCode ?? defaultStatus,
    headers: { "content-type": "application/json", "x-amzn-errortype": errorType, ...row.headers },
    body: row.body.replaceAll("$context.extendedRequestId", extendedRequestId),
  };
}
