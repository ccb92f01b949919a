import { PROOF_KEY_CHANGE } from "../policy/proof-key-change.ts";
import type { Answer } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { PROBLEMS_PAGE_POLICY, PROBLEMS_PATH, problemsPage } from "./problems-page.ts";
import type { DiscoveryBody } from "./responses.ts";

export const DISCOVERY_PATH = "/.well-known/openid-configuration";

/** The source of the public documents. `issuer` is the `iss` of the proofs. */
export type Published = {
  readonly issuer: string;
  readonly readKeys: () => Promise<readonly object[]>;
};

/**
 * `GET` and `HEAD /.well-known/jwks.json` (RFC 7517 §5): every key that has signed a valid proof or is about to sign.
 * `/.well-known/openid-configuration`: the address of those keys. And `/problems`: the page of the problems.
 */
export function wellKnownEndpoint({ issuer, readKeys }: Published): Endpoint {
  return async ({ requestContext: { resourcePath } }) => {
    if (resourcePath === PROBLEMS_PATH)
      return cached("problems", { html: problemsPage() }, PROBLEMS_PAGE_POLICY);
    return resourcePath === DISCOVERY_PATH
      ? cached("configuration", { body: discovery(issuer) })
      : cached("keys", { body: { keys: await readKeys() } });
  };
}

function cached(outcome: string, content: Pick<Answer, "body" | "html">, policy?: string): Answer {
  return {
    status: 200,
    ...content,
    headers: {
      ...(policy === undefined ? {} : { "content-security-policy": policy }),
      "cache-control": `public, max-age=${PROOF_KEY_CHANGE.publishedCacheSeconds}`,
      "access-control-allow-origin": "*",
    },
    outcome,
  };
}

/**
 * OpenID Connect Discovery 1.0 §3, for software that finds the keys by the issuer. There is no sign-in here: the two endpoints are listed because
 * Supabase refuses a provider without them, and the API answers them like any unknown route.
 */
function discovery(issuer: string): DiscoveryBody {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    authorization_endpoint: `${issuer}/unsupported/authorization`,
    token_endpoint: `${issuer}/unsupported/token`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: [
      "iss",
      "aud",
      "sub",
      "exp",
      "iat",
      "jti",
      "nonce",
      "amr",
      "phone_number",
      "phone_number_verified",
      "purpose",
    ],
  };
}
