import { judge, type ProofRules, parsed, refusalAnswer } from "./rules.ts";
import type { ProofClaims, VerifyProof } from "./verifier.ts";

/** The part of an event that the wrapper needs: of a REST API, an HTTP API (payload 1.0 and 2.0) or a function URL. */
type LambdaEvent = {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean;
};
type LambdaAnswer = {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Lambda behind API Gateway: a handler that is called with the claims of a proof that fits the rules. Every other event is answered with 401. */
export function withProof<Event extends LambdaEvent, Purpose extends string>(
  verify: VerifyProof<Purpose>,
  rules: ProofRules<Event, Purpose>,
  handler: (event: Event, claims: ProofClaims) => Promise<LambdaAnswer>,
) {
  return async (event: Event): Promise<LambdaAnswer> => {
    const verdict = await judge(verify, rules, event, () => carrierOf(event));
    if (verdict.kind === "proven") return handler(event, verdict.claims);
    const { status, headers, body } = refusalAnswer(verdict.refusal);
    return { statusCode: status, headers, body };
  };
}

function carrierOf({ headers, body, isBase64Encoded }: LambdaEvent) {
  // A REST API passes the names of headers on as they were sent.
  const found = Object.entries(headers ?? {}).find(
    ([name]) => name.toLowerCase() === "authorization",
  );
  const text = Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8").toString();
  return { authorization: found?.[1], body: parsed(text) };
}
