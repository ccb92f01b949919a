import { createProofVerifier } from "@latchkey/server";

/** What this back end takes proofs for. A real one names those that it has routes for. */
const PURPOSES: readonly string[] = [
  "login",
  "signup",
  "transaction",
  "password-reset",
  "change-number",
];

type Expected = { readonly purpose: string; readonly nonce: string };

/** Checks proofs of one deployment. `audience` is the one that its stage names; keys are fetched once and kept. */
export function createProofCheck(issuer: string, audience: string) {
  const verify = createProofVerifier({ issuer, audience, purposes: PURPOSES });

  /** The number that a proof proves, in E.164. Throws where it proves nothing, or nothing for this session. */
  return async (proof: string, expected: Expected): Promise<string> => {
    const verdict = await verify(proof, expected);
    if (verdict.kind === "refused") throw new Error(verdict.refusal);
    return verdict.claims.phoneNumber;
  };
}

if (import.meta.main) {
  const [issuer = "", audience = "", purpose = "", nonce = ""] = process.argv.slice(2);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const proof = Buffer.concat(chunks).toString().trim();
  const check = createProofCheck(issuer, audience);
  process.stdout.write(`${await check(proof, { purpose, nonce })}\n`);
}
