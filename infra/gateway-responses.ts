import { ResponseType } from "aws-cdk-lib/aws-apigateway";
import { EXPOSED_HEADERS, SAFE_HEADERS } from "../functions/http/answer.ts";
import { PROBLEMS, type ProblemCode } from "../functions/http/problem.ts";

type GatewayResponseRow = {
  readonly id: string;
  readonly type: ResponseType;
  readonly problem: ProblemCode;
  readonly retryAfterSeconds?: number;
};

export const GATEWAY_RESPONSES: readonly GatewayResponseRow[] = [
  { id: "InvalidBody", type: ResponseType.BAD_REQUEST_BODY, problem: "body-invalid" },
  { id: "LargeRequest", type: ResponseType.REQUEST_TOO_LARGE, problem: "body-too-large" },
  {
    id: "OtherMediaType",
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    problem: "media-type-unsupported",
  },
  // The stage's throttle admits the next requests within a second.
  {
    id: "Throttled",
    type: ResponseType.THROTTLED,
    problem: "too-many-requests",
    retryAfterSeconds: 1,
  },
  // An address of bad reputation, a request that managed rules take for an attack, or one without a token of the firewall's script. The gateway
  // does not learn which. There is no Retry-After, since the same request is refused again.
  { id: "Filtered", type: ResponseType.WAF_FILTERED, problem: "request-blocked" },
  // On the routes of back ends only.
  { id: "WrongSignature", type: ResponseType.INVALID_SIGNATURE, problem: "signature-invalid" },
  { id: "OldCredentials", type: ResponseType.EXPIRED_TOKEN, problem: "signature-invalid" },
  { id: "NoRight", type: ResponseType.ACCESS_DENIED, problem: "access-denied" },
  // The gateway answers a missing route and an unsigned request alike.
  { id: "NoRoute", type: ResponseType.MISSING_AUTHENTICATION_TOKEN, problem: "route-not-found" },
  { id: "NoResource", type: ResponseType.RESOURCE_NOT_FOUND, problem: "route-not-found" },
  // These routes have no other known reason. A refusal without one of ours is not called a missing route.
  { id: "OtherRefusal", type: ResponseType.DEFAULT_4XX, problem: "request-blocked" },
  { id: "NoFunction", type: ResponseType.INTEGRATION_FAILURE, problem: "internal-error" },
  { id: "SlowFunction", type: ResponseType.INTEGRATION_TIMEOUT, problem: "internal-error" },
  { id: "Fault", type: ResponseType.DEFAULT_5XX, problem: "internal-error" },
];

/** A problem as the functions answer it (RFC 9457), from the same table. It holds nothing of the request. */
export function problemTemplate(problem: ProblemCode, docsUrl: string): string {
  const { status, title } = PROBLEMS[problem];
  return JSON.stringify({
    code: problem,
    type: `${docsUrl}${problem}`,
    title,
    status,
    // `requestId` may be sent by the caller.
    instance: "$context.extendedRequestId",
  });
}

type Waiting = Pick<GatewayResponseRow, "retryAfterSeconds">;

/** Headers of a problem of the gateway. */
export function plainHeaders({ retryAfterSeconds }: Waiting): Readonly<Record<string, string>> {
  // A literal cannot hold the quotes of this header; a JSON body does not need it.
  const { "content-security-policy": _, ...safe } = SAFE_HEADERS;
  return {
    ...safe,
    "content-type": "application/problem+json",
    // The gateway has no list of origins. These answers are the same for all callers, and a page that cannot read them sees no reason.
    "access-control-allow-origin": "*",
    "access-control-expose-headers": EXPOSED_HEADERS,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
}

/** The headers in API Gateway's syntax: literals in quotes. */
export function problemHeaders(waiting: Waiting): Readonly<Record<string, string>> {
  const headers = plainHeaders(waiting);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
