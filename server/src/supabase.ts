import { createHash } from "node:crypto";
import type { Expected, Verdict, VerifyProof } from "./verifier.ts";

/** The part of a Supabase client that is used. */
type SupabaseClient<Answer> = {
  readonly auth: {
    signInWithIdToken(credentials: {
      readonly provider: "custom:latchkey";
      readonly token: string;
      readonly nonce: string;
    }): Promise<Answer>;
  };
};

type Refused = Extract<Verdict, { kind: "refused" }>;

/** The nonce that a verification is started with, for a sign-in at Supabase with this nonce: Supabase compares the claim with its SHA-256 in hex. */
export function supabaseNonce(nonce: string): string {
  return createHash("sha256").update(nonce).digest("hex");
}

/**
 * Signs in at Supabase with a proof, through a custom OIDC provider named `custom:latchkey`. `nonce` is the one of the session; the verification was
 * started with `supabaseNonce(nonce)`. Supabase itself looks at neither purpose, `jti` nor number, so this does first.
 */
export function supabaseSignIn<Purpose extends string, Answer>(
  verify: VerifyProof<Purpose>,
  client: SupabaseClient<Answer>,
) {
  return async (
    proof: string,
    expected: Expected<Purpose> & { readonly nonce: string },
  ): Promise<{ readonly kind: "asked"; readonly answer: Answer } | Refused> => {
    const { nonce } = expected;
    const verdict = await verify(proof, { ...expected, nonce: nonce ? supabaseNonce(nonce) : "" });
    if (verdict.kind === "refused") return verdict;
    const answer = await client.auth.signInWithIdToken({
      provider: "custom:latchkey",
      token: proof,
      nonce,
    });
    return { kind: "asked", answer };
  };
}
