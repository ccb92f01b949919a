import { createRemoteJWKSet, jwtVerify } from "jose";

type Expected = { readonly purpose: string; readonly nonce: string };

/** Checks proofs of one deployment. `audience` is the one that its stage names; keys are fetched once and kept. */
export function createProofCheck(issuer: string, audience: string) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  // One process's memory. With several, use the database: insert the jti under a unique key, and refuse when it is there.
  const used = new Map<string, number>();

  /** The number that a proof proves, in E.164. Throws where it proves nothing, or nothing for this session. */
  return async (proof: string, { purpose, nonce }: Expected): Promise<string> => {
    const { payload } = await jwtVerify(proof, keys, {
      issuer,
      audience,
      algorithms: ["ES256"],
      // Clocks of two machines differ by some seconds.
      clockTolerance: 10,
      requiredClaims: ["exp", "jti", "phone_number"],
    });
    const { jti = "", exp = 0, phone_number: number } = payload;
    if (payload["purpose"] !== purpose || payload["nonce"] !== nonce)
      throw new Error("a proof of something else");
    for (const [id, until] of used) if ((until + 10) * 1_000 < Date.now()) used.delete(id);
    if (used.has(jti)) throw new Error("a proof that was used before");
    used.set(jti, exp);
    return String(number);
  };
}

if (import.meta.main) {
  const [issuer = "", audience = "", purpose = "", nonce = ""] = process.argv.slice(2);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const proof = Buffer.concat(chunks).toString().trim();
  process.stdout.write(`${await createProofCheck(issuer, audience)(proof, { purpose, nonce })}\n`);
}
