import type { Endpoint } from "./api.ts";

/** Ten minutes: a back end sees a new key well before the first proof that needs it, and asks at most 144 times a day. */
const CACHE_SECONDS = 600;

/** `GET /.well-known/jwks.json` (RFC 7517 §5): the keys that proofs are signed with, the current and the previous one. */
export function proofKeysEndpoint(readKeys: () => Promise<readonly object[]>): Endpoint {
  return async () => ({
    status: 200,
    body: { keys: await readKeys() },
    headers: {
      "cache-control": `public, max-age=${CACHE_SECONDS}`,
      "access-control-allow-origin": "*",
    },
    outcome: "keys",
  });
}
