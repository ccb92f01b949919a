import { judge, keepProof, type ProofRules, refusalAnswer } from "./rules.ts";
import type { VerifyProof } from "./verifier.ts";

export { proofOf } from "./rules.ts";

/** The part of a request that the middleware needs, of Express or any framework on `node:http`. `body` comes from `express.json()`. */
type NodeRequest = {
  readonly headers: { readonly authorization?: string | undefined };
  readonly body?: unknown;
};
type NodeResponse = {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
};

/** Express: lets a request through whose proof fits the rules, and answers every other with 401. Put `express.json()` before it. */
export function requireProof<Request extends NodeRequest, Purpose extends string>(
  verify: VerifyProof<Purpose>,
  rules: ProofRules<Request, Purpose>,
) {
  return async (
    request: Request,
    response: NodeResponse,
    next: (fault?: unknown) => void,
  ): Promise<void> => {
    const carrier = () => ({ authorization: request.headers.authorization, body: request.body });
    const verdict = await judge(verify, rules, request, carrier).catch((fault: unknown) => ({
      kind: "fault" as const,
      fault,
    }));
    if (verdict.kind === "fault") return next(verdict.fault);
    if (verdict.kind === "refused") {
      const { status, headers, body } = refusalAnswer(verdict.refusal);
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
      return;
    }
    keepProof(request, verdict.claims);
    next();
  };
}
