import { REFUSALS, type Refusal } from "./refusals.ts";
import type { ProofClaims, Verdict, VerifyProof } from "./verifier.ts";

type Maybe<Value> = Value | Promise<Value>;

/** The rules of a route for the proof in a request. */
export type ProofRules<Request, Purpose extends string> = {
  readonly purpose: Purpose;
  /** The nonce of the request's session. `undefined`, for a request without a session, refuses; `null` accepts proofs without a nonce alone. */
  readonly nonce: (request: Request) => Maybe<string | null | undefined>;
  /** The number that the proof must be of, where the session knows it. */
  readonly phoneNumber?: (request: Request) => Maybe<string | undefined>;
  /** Where the proof is, if neither in `Authorization: Bearer …` nor in the field `proof` of a JSON body. */
  readonly proof?: (request: Request) => Maybe<unknown>;
};

/** The parts of a request in which a proof can be. */
export type Carrier = { readonly authorization: unknown; readonly body: unknown };

/** Checks the proof of a request by the rules of its route. */
export async function judge<Request, Purpose extends string>(
  verify: VerifyProof<Purpose>,
  rules: ProofRules<Request, Purpose>,
  request: Request,
  carrier: () => Maybe<Carrier>,
): Promise<Verdict> {
  const nonce = await rules.nonce(request);
  if (nonce === undefined) return { kind: "refused", refusal: "nonce-mismatch" };
  const proof = rules.proof === undefined ? carried(await carrier()) : await rules.proof(request);
  const phoneNumber = await rules.phoneNumber?.(request);
  return verify(proof, { purpose: rules.purpose, nonce, phoneNumber });
}

function carried({ authorization, body }: Carrier): unknown {
  const bearer = /^Bearer +(\S+)$/i.exec(String(authorization))?.[1];
  return bearer ?? Object(body).proof;
}

/** The answer to a request whose proof is refused (RFC 9457, RFC 6750 §3.1). */
export function refusalAnswer(refusal: Refusal) {
  return {
    status: 401,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "www-authenticate": 'Bearer error="invalid_token"',
    },
    body: JSON.stringify({ title: REFUSALS[refusal], status: 401, code: refusal }),
  } as const;
}

/** Text of a JSON body, or nothing. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const proven = new WeakMap<object, ProofClaims>();

export function keepProof(request: object, claims: ProofClaims): void {
  proven.set(request, claims);
}

/** The claims of the proof that a request came through `requireProof` with. Throws where it did not. */
export function proofOf(request: object): ProofClaims {
  const claims = proven.get(request);
  if (claims === undefined) throw new Error("requireProof does not stand before this route");
  return claims;
}
