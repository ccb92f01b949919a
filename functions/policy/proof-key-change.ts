/** The times that a change of the proof key waits for. Data only. */
export const PROOF_KEY_CHANGE = {
  /** How long a cache may keep the published keys. Ten minutes are 144 requests a day; a verifier that meets an unknown `kid` asks again at once, as jose does. */
  publishedCacheSeconds: 600,

  /**
   * How long an API Gateway HTTP API keeps the keys of its JWT authorizers without asking again, unknown `kid` or not.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
   */
  authorizerCacheSeconds: 7_200,

  /** From the creation of a key to the update of the function that publishes it: both are in one deployment, which takes minutes. */
  deploymentSeconds: 1_800,
} as const;

/** A key signs this long after its creation at the earliest: by then every cache that can lack it has ended, one after the other. */
export const SIGNS_AFTER_SECONDS = Object.values(PROOF_KEY_CHANGE).reduce(
  (sum, seconds) => sum + seconds,
  0,
);
