import type { Expected, ProofClaims, Verdict, VerifyProof } from "./verifier.ts";

/** The part of firebase-admin's `getAuth()` that is used. */
type FirebaseAuth = {
  createCustomToken(uid: string, claims: { readonly phone_number: string }): Promise<string>;
};

/** The Firebase app that mints tokens, and the user id of a number. */
export type FirebaseOptions = {
  readonly auth: FirebaseAuth;
  /** The user's id in Firebase, such as that of `getUserByPhoneNumber`, or of a new user. */
  readonly uidOf: (claims: ProofClaims) => string | Promise<string>;
};

type Refused = Extract<Verdict, { kind: "refused" }>;

/** Exchanges a proof for a custom token of Firebase, which the page passes to `signInWithCustomToken`. The token carries the claim `phone_number`. */
export function firebaseTokens<Purpose extends string>(
  verify: VerifyProof<Purpose>,
  { auth, uidOf }: FirebaseOptions,
) {
  return async (
    proof: unknown,
    expected: Expected<Purpose>,
  ): Promise<{ readonly kind: "signed-in"; readonly token: string } | Refused> => {
    const verdict = await verify(proof, expected);
    if (verdict.kind === "refused") return verdict;
    const uid = await uidOf(verdict.claims);
    const token = await auth.createCustomToken(uid, { phone_number: verdict.claims.phoneNumber });
    return { kind: "signed-in", token };
  };
}
