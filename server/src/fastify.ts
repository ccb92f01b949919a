import { judge, keepProof, type ProofRules, refusalAnswer } from "./rules.ts";
import type { VerifyProof } from "./verifier.ts";

export { proofOf } from "./rules.ts";

/** The part of a request of Fastify that the hook needs. */
type FastifyRequest = {
  readonly headers: { readonly authorization?: string | undefined };
  readonly body: unknown;
};
type FastifyReply = {
  code(status: number): FastifyReply;
  headers(values: Readonly<Record<string, string>>): FastifyReply;
  send(text: string): FastifyReply;
};

/** Fastify: a `preHandler` that lets a request through whose proof fits the rules, and answers every other with 401. */
export function requireProof<Request extends FastifyRequest, Purpose extends string>(
  verify: VerifyProof<Purpose>,
  rules: ProofRules<Request, Purpose>,
) {
  return async (request: Request, reply: FastifyReply): Promise<unknown> => {
    const carrier = () => ({ authorization: request.headers.authorization, body: request.body });
    const verdict = await judge(verify, rules, request, carrier);
    if (verdict.kind === "refused") {
      const { status, headers, body } = refusalAnswer(verdict.refusal);
      return reply.code(status).headers(headers).send(body);
    }
    keepProof(request, verdict.claims);
    return undefined;
  };
}
