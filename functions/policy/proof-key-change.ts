/** The waiting times of a change of the proof key. Data only. */
export const PROOF_KEY_CHANGE = {
  /**
   * How long a cache may keep the published keys. Ten minutes are 144 requests a day; a verifier that meets an unknown `kid` reads again at once,
   * as jose does.
   */
  publishedCacheSeconds: 600,

  /**
   * How long an API Gateway HTTP API caches the keys of its JWT authorizers, even for an unknown `kid`.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
   */
  authorizerCacheSeconds: 7_200,

  /** From the creation of a key to the update of the function that publishes it: both are in one deployment, which takes minutes. */
  deploymentSeconds: 1_800,
} as const;

/** A key signs this long after its creation at the earliest: by then every cache without it has expired, one after the other. */
export const SIGNS_AFTER_SECONDS = Object.values(PROOF_KEY_CHANGE).reduce(
  (sum, seconds) => sum + seconds,
  0,
);
