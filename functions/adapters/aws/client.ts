/**
 * The timeouts of every AWS client. DynamoDB and KMS answer in milliseconds, so after a second the answer is lost. The call is repeated once;
 * then the request fails while its function still has time to report it.
 */
export const AWS_CLIENT = {
  maxAttempts: 2,
  // The middleware of a client never changes, so that it is resolved once for each kind of request.
  cacheMiddleware: true,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
    // The request's own timeout ends with the head of the response; a body that stops halfway would be awaited for longer than a function runs.
    socketTimeout: 1_000,
    // Without it the SDK only warns and continues to wait.
    throwOnRequestTimeout: true,
  },
} as const;
