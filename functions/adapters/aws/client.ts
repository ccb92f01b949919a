/**
 * How every AWS client of ours waits. A call that takes longer than a second has lost its answer, since DynamoDB and KMS answer in
 * milliseconds; it is asked once more, and then the request fails while its function still has time to say so.
 */
export const AWS_CLIENT = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
    // The request's own ends with the head of the answer; a body that stops half way would be waited for longer than a function lives.
    socketTimeout: 1_000,
    // Without it the SDK only warns, and waits on.
    throwOnRequestTimeout: true,
  },
} as const;
