import type { Endpoint } from "./api.ts";

/** Ten minutes: 144 questions a day. A back end that meets a `kid` it does not know asks again at once, as jose does. */
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
