import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";

/**
 * What the gateway notes of every request, those included that no function saw. The address is there, since it is what an operator blocks.
 * The route is the pattern and not the path, which holds the id of a verification; no header and nothing of a body. Of a back end, the role
 * that signed: it can be told apart from another, and its right taken away.
 */
export const ACCESS_LOG_FIELDS = {
  requestId: "$context.extendedRequestId",
  at: "$context.requestTimeEpoch",
  ip: "$context.identity.sourceIp",
  signedBy: "$context.identity.userArn",
  route: "$context.httpMethod $context.resourcePath",
  status: "$context.status",
  milliseconds: "$context.responseLatency",
  protocol: "$context.protocol",
  refusedAs: "$context.error.responseType",
  firewall: "$context.waf.status",
} as const;

export const ACCESS_LOG_FORMAT = AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS));
