import { PROOF_KEY_CHANGE } from "../policy/proof-key-change.ts";
import type { Endpoint } from "./api.ts";

/** `GET /.well-known/jwks.json` (RFC 7517 §5): every key that a proof in use is signed with, or that is about to sign. */
export function proofKeysEndpoint(readKeys: () => Promise<readonly object[]>): Endpoint {
  return async () => ({
    status: 200,
    body: { keys: await readKeys() },
    headers: {
      "cache-control": `public, max-age=${PROOF_KEY_CHANGE.publishedCacheSeconds}`,
      "access-control-allow-origin": "*",
    },
    outcome: "keys",
  });
}
