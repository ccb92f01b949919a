import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";

/**
 * The fields that the gateway logs of every request, also of those that no function received. The address is there because an operator blocks by
 * it. The route is the pattern, not the path, which holds the id of a verification. No header and no body is logged. For a back end it logs the
 * role that signed, so that an operator can revoke it.
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
