import { ResponseType } from "aws-cdk-lib/aws-apigateway";
import { EXPOSED_HEADERS, SAFE_HEADERS } from "../functions/http/answer.ts";
import { PROBLEMS, type ProblemCode } from "../functions/http/problem.ts";

type GatewayResponseRow = {
  readonly id: string;
  readonly type: ResponseType;
  readonly problem: ProblemCode;
  readonly retryAfterSeconds?: number;
};

/** What the gateway answers when it does not ask a function. */
export const GATEWAY_RESPONSES: readonly GatewayResponseRow[] = [
  { id: "InvalidBody", type: ResponseType.BAD_REQUEST_BODY, problem: "body-invalid" },
  { id: "LargeRequest", type: ResponseType.REQUEST_TOO_LARGE, problem: "body-too-large" },
  {
    id: "OtherMediaType",
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    problem: "media-type-unsupported",
  },
  // The stage's throttle lets the next requests through within a second.
  {
    id: "Throttled",
    type: ResponseType.THROTTLED,
    problem: "too-many-requests",
    retryAfterSeconds: 1,
  },
  // An address of ill repute, what managed rules take for an attack, or no token of the firewall's script: the gateway is not told which, and
  // nothing says to come back, since the same request is refused again.
  { id: "Filtered", type: ResponseType.WAF_FILTERED, problem: "request-blocked" },
  // On the routes of back ends only.
  { id: "WrongSignature", type: ResponseType.INVALID_SIGNATURE, problem: "signature-invalid" },
  { id: "OldCredentials", type: ResponseType.EXPIRED_TOKEN, problem: "signature-invalid" },
  { id: "NoRight", type: ResponseType.ACCESS_DENIED, problem: "access-denied" },
  // The gateway says one and the same of a route that is not there and of one that wants a signature.
  {
    id: "NoRoute",
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    problem: "route-not-found",
  },
  { id: "NoResource", type: ResponseType.RESOURCE_NOT_FOUND, problem: "route-not-found" },
  // No other reason is known for these routes. A refusal without one of ours is not reported as a missing route.
  { id: "OtherRefusal", type: ResponseType.DEFAULT_4XX, problem: "request-blocked" },
  { id: "NoFunction", type: ResponseType.INTEGRATION_FAILURE, problem: "internal-error" },
  { id: "SlowFunction", type: ResponseType.INTEGRATION_TIMEOUT, problem: "internal-error" },
  { id: "Fault", type: ResponseType.DEFAULT_5XX, problem: "internal-error" },
];

/** A problem as the functions would answer it (RFC 9457), out of the same table. Of the request it holds nothing. */
export function problemTemplate(problem: ProblemCode, docsUrl: string): string {
  const { status, title } = PROBLEMS[problem];
  return JSON.stringify({
    code: problem,
    type: `${docsUrl}${problem}`,
    title,
    status,
    // `requestId` is the caller's own word if it sends one.
    instance: "$context.extendedRequestId",
  });
}

type Waiting = Pick<GatewayResponseRow, "retryAfterSeconds">;

/** Headers of a problem that no function answered. */
export function plainHeaders({ retryAfterSeconds }: Waiting): Readonly<Record<string, string>> {
  // A literal cannot hold the quotes of this one; a body of JSON has no use for it.
  const { "content-security-policy": _, ...safe } = SAFE_HEADERS;
  return {
    ...safe,
    "content-type": "application/problem+json",
    // The gateway knows no list of origins. These answers are the same for everybody, and a page that cannot read them sees no reason.
    "access-control-allow-origin": "*",
    "access-control-expose-headers": EXPOSED_HEADERS,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
}

/** The same as API Gateway wants them: literals in quotes. */
export function problemHeaders(waiting: Waiting): Readonly<Record<string, string>> {
  const headers = plainHeaders(waiting);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
