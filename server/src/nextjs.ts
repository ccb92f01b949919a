import { judge, type ProofRules, parsed, refusalAnswer } from "./rules.ts";
import type { ProofClaims, VerifyProof } from "./verifier.ts";

/**
 * Next.js, and every framework whose routes are functions from `Request` to `Response`: a route handler that is called with the claims of a proof
 * that fits the rules. Every other request is answered with 401. The handler can read the body again.
 */
export function withProof<Purpose extends string, Incoming extends Request>(
  verify: VerifyProof<Purpose>,
  rules: ProofRules<Incoming, Purpose>,
  handler: (request: Incoming, claims: ProofClaims) => Response | Promise<Response>,
) {
  return async (request: Incoming): Promise<Response> => {
    const carrier = async () => ({
      authorization: request.headers.get("authorization"),
      body: parsed(await request.clone().text()),
    });
    const verdict = await judge(verify, rules, request, carrier);
    if (verdict.kind === "proven") return handler(request, verdict.claims);
    const { body, ...init } = refusalAnswer(verdict.refusal);
    return new Response(body, init);
  };
}
