import { judge, type ProofRules, parsed, refusalAnswer } from "./rules.ts";
import type { ProofClaims, VerifyProof } from "./verifier.ts";

/** The part of a context of Hono that the middleware needs. */
type HonoContext = {
  readonly req: {
    header(name: "authorization"): string | undefined;
    /** Hono keeps the text, so that the route can read the body again. */
    text(): Promise<string>;
  };
  set(key: "proof", claims: ProofClaims): void;
};

/** For `new Hono<ProofEnv>()`: `context.get("proof")` then has its type. */
export type ProofEnv = { Variables: { proof: ProofClaims } };

/** Hono: lets a request through whose proof fits the rules, with the claims as `context.get("proof")`, and answers every other with 401. */
export function requireProof<Context extends HonoContext, Purpose extends string>(
  verify: VerifyProof<Purpose>,
  rules: ProofRules<Context, Purpose>,
) {
  return async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const carrier = async () => ({
      authorization: context.req.header("authorization"),
      body: parsed(await context.req.text()),
    });
    const verdict = await judge(verify, rules, context, carrier);
    if (verdict.kind === "refused") {
      const { body, ...init } = refusalAnswer(verdict.refusal);
      return new Response(body, init);
    }
    context.set("proof", verdict.claims);
    await next();
    return undefined;
  };
}
