import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { createProofVerifier, type VerifierOptions } from "../../server/src/index.ts";

export const ISSUER = "https://verify.example.com";
export const AUDIENCE = "shop";
export const NUMBER = "+447700900123";
/** The moment of every test that has no other. */
export const NOW = Date.parse("2026-12-01T10:00:00Z");

/** The claims of a proof as a deployment makes them. */
export const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: NUMBER,
  phone_number: NUMBER,
  phone_number_verified: true,
  purpose: "login",
  nonce: "n-1",
  amr: ["otp", "sms"],
  jti: "j-1",
  iat: NOW / 1_000 - 10,
  exp: NOW / 1_000 + 290,
} as const;

/** A deployment's key: what it signs with, and what it publishes. */
export async function aProofKey() {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "k-1", alg: "RS256", use: "sig" };
  return {
    jwk,
    keys: createLocalJWKSet({ keys: [jwk] }),
    /** A claim that is changed to `undefined` is left out. */
    sign: (changed: Readonly<Record<string, unknown>> = {}, kid = "k-1") =>
      new SignJWT({ ...CLAIMS, ...changed })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
        .sign(privateKey),
  };
}

export type ProofKey = Awaited<ReturnType<typeof aProofKey>>;

/** A verifier of the proofs of `CLAIMS`, at their moment. */
export function verifierOf<const Purpose extends string>(
  { keys }: ProofKey,
  options: Partial<VerifierOptions<Purpose>> & Pick<VerifierOptions<Purpose>, "purposes">,
) {
  const own = { issuer: ISSUER, audience: AUDIENCE, keys, clock: () => NOW };
  return createProofVerifier({ ...own, ...options });
}

/** Proofs that a route for the purpose `login`, the nonce `n-1` and the number of `CLAIMS` refuses, and by which word. `used` was taken before. */
export async function refusedProofs(key: Pick<ProofKey, "sign">, used: string, now = NOW) {
  const seconds = Math.floor(now / 1_000);
  const sign = (changed: Readonly<Record<string, unknown>>) =>
    key.sign({ iat: seconds - 10, exp: seconds + 290, jti: crypto.randomUUID(), ...changed });
  const [head = "", , signature = ""] = used.split(".");
  const claims = JSON.stringify({ ...CLAIMS, phone_number: "+447700900999" });
  return [
    [
      "changed",
      `${head}.${Buffer.from(claims).toString("base64url")}.${signature}`,
      "signature-invalid",
    ],
    ["expired", await sign({ iat: seconds - 400, exp: seconds - 100 }), "expired"],
    ["replayed", used, "replayed"],
    ["for another audience", await sign({ aud: "bank" }), "audience-mismatch"],
    ["for another purpose", await sign({ purpose: "password-reset" }), "purpose-mismatch"],
    ["for another nonce", await sign({ nonce: "n-2" }), "nonce-mismatch"],
    ["of another number", await sign({ phone_number: "+447700900999" }), "number-mismatch"],
  ] as const;
}
